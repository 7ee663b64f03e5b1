using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>What an objective answers for a batch; the caller disposes of it after the backward pass.</summary>
/// <param name="Loss">The scalar to minimise, with its graph.</param>
/// <param name="CrossEntropy">Mean cross-entropy in nats, detached; null where the objective has none.</param>
/// <param name="Contrastive">Mean contrastive term in nats, detached; null where the objective has none.</param>
/// <param name="Density">The term of log q(x) in nats, detached; null where the objective has none.</param>
public sealed record ObjectiveTerms(Tensor Loss, Tensor? CrossEntropy, Tensor? Contrastive = null, Tensor? Density = null) : IDisposable
{
    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        Loss.Dispose();
        CrossEntropy?.Dispose();
        Contrastive?.Dispose();
        Density?.Dispose();
    }
}

using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Weights that lie one after another and take the same step, as vectors: views of the run's memory.</summary>
/// <param name="Group">Number of their group.</param>
/// <param name="Step">Number of the step, 1 for the first, where steps are counted.</param>
/// <param name="Weights">The weights.</param>
/// <param name="Gradients">Their gradients.</param>
/// <param name="Memories">What is remembered of them.</param>
internal sealed record WeightRun(int Group, long Step, Tensor Weights, Tensor Gradients, IReadOnlyList<Tensor> Memories) : IDisposable
{
    public void Dispose()
    {
        Weights.Dispose();
        Gradients.Dispose();
        foreach (var memory in Memories)
            memory.Dispose();
    }
}

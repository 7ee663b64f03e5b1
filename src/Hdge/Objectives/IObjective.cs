using Hdge.Detection;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>A training objective.</summary>
public interface IObjective : IDisposable
{
    /// <summary>Weights of the objective's own, trained along with the network's and thrown away after it: a projection head. None by default.</summary>
    IEnumerable<Parameter> Parameters => [];

    /// <summary>The loss of a batch; an objective with memory takes the batch into it afterwards.</summary>
    /// <param name="batch">The batch. What it works out must live until the backward pass is done: ask for it outside dispose scopes of the objective's own.</param>
    ObjectiveTerms Compute(TrainingStep batch);

    /// <summary>What it trained for detectors and stays with the model, by <see cref="Detector.StateName"/>: states of their own tensors, which the caller disposes of. Asked for once, after the last step. None by default.</summary>
    IReadOnlyDictionary<string, DetectorState> Trained() => new Dictionary<string, DetectorState>();

    /// <summary>
    /// What the objective remembers from step to step (bank, buffer, weights of its own), for a checkpoint. The caller disposes of the tensors, which may
    /// share the objective's memory. Default: nothing.
    /// </summary>
    IEnumerable<KeyValuePair<string, Tensor>> State() => [];

    /// <summary>Takes over what <see cref="State"/> gave: the next step is the one that the saved objective would have made.</summary>
    /// <param name="state">Tensors by name, on the training device, not to be kept.</param>
    /// <exception cref="InvalidDataException">They are not those of this objective.</exception>
    void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
    }
}

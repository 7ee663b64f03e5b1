using TorchSharp.Modules;

namespace Hdge.Objectives;

/// <summary>A training objective.</summary>
public interface IObjective : IDisposable
{
    /// <summary>Weights of the objective's own, trained along with the network's and thrown away after it: a projection head. None by default.</summary>
    IEnumerable<Parameter> Parameters => [];

    /// <summary>The loss of a batch; an objective with memory takes the batch into it afterwards.</summary>
    /// <param name="batch">The batch. What it works out must live until the backward pass is done: ask for it outside dispose scopes of the objective's own.</param>
    ObjectiveTerms Compute(TrainingStep batch);
}

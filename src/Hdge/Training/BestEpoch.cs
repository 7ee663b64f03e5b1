using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>The best epoch of a run so far and its weights, where they are kept: for early stopping, or because a cancelled run returns them.</summary>
internal sealed class BestEpoch(TrainingOptions options, int heldOut) : IDisposable
{
    private const string Prefix = "best.";

    private readonly StateSnapshot _weights = new();
    private readonly EpochMeasure _measure = options.EarlyStopping?.Measure ?? default;

    /// <summary>How it went; null before the first epoch, or where none is kept.</summary>
    public EpochMetrics? Metrics { get; private set; }

    /// <summary>Whether the run ends with the best epoch's weights and not with the last's.</summary>
    public bool Decides { get; } = options.EarlyStopping is { } stopping && heldOut >= stopping.FewestImages && options.Objective.TrainsClassifier;

    private bool Keeps => Decides || options.OnCancel == CancelBehavior.ReturnBestSoFar;

    /// <summary>Copies of the weights that it may hold.</summary>
    public int Copies => Keeps ? 1 : 0;

    /// <summary>Takes the weights after an epoch where it is the best so far.</summary>
    public void Add(EpochMetrics epoch, RunState state)
    {
        if (!Keeps || (Metrics is { } best && !IsBetter(epoch, best)))
            return;
        using var scope = NewDisposeScope();
        if (_weights.TryTake(state.ModelWeights()))
            Metrics = epoch;
    }

    /// <summary>Whether the run has gone on long enough without a better epoch.</summary>
    public bool IsOver(int epochs) => Decides && options.EarlyStopping!.Patience is { } patience && epochs - Metrics?.Epoch >= patience;

    /// <summary>Puts the best weights into the network.</summary>
    public void Restore(RunState state)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in state.Weights())
            weight.copy_(_weights.Tensors[name]);
    }

    /// <summary>What a checkpoint needs beside the state after the last of <paramref name="epochs"/>: nothing where that is the best.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Tensors(int epochs) =>
        Metrics is null || Metrics.Epoch == epochs ? [] : _weights.Tensors.Select(t => new KeyValuePair<string, Tensor>(Prefix + t.Key, t.Value));

    /// <summary>Takes its part of what a checkpoint holds and leaves the rest. Where none was kept the checkpoint's own epoch is the first that counts.</summary>
    /// <exception cref="InvalidDataException">The best epoch's weights are missing.</exception>
    public void Resume(CheckpointDescription saved, Dictionary<string, Tensor> tensors, RunState state)
    {
        var own = tensors.Where(t => t.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[Prefix.Length..], t => t.Value);
        foreach (string name in own.Keys)
            tensors.Remove(Prefix + name);
        state.Restore(tensors);
        if (!Keeps || saved.Epoch == 0)
            return;
        using var scope = NewDisposeScope();
        int best = saved.BestEpoch ?? saved.Epoch;
        var weights = state.Weights();
        if (best != saved.Epoch && (own.Count != weights.Count || weights.Keys.Any(name => !own.TryGetValue(name, out var t) || !t.shape.AsSpan().SequenceEqual(weights[name].shape) || t.dtype != weights[name].dtype)))
            throw new InvalidDataException($"The saved state lacks the weights of its best epoch, {best}.");
        if (_weights.TryTake(best == saved.Epoch ? state.ModelWeights() : own.ToDictionary(t => t.Key, t => t.Value.to(weights[t.Key].device))))
            Metrics = saved.Metrics[best - 1];
    }

    public void Dispose() => _weights.Dispose();

    private bool IsBetter(EpochMetrics epoch, EpochMetrics best)
    {
        if (_measure == EpochMeasure.Accuracy && epoch.ValidationAccuracy != best.ValidationAccuracy)
            return !(best.ValidationAccuracy > epoch.ValidationAccuracy);
        return !(best.ValidationLoss <= epoch.ValidationLoss);
    }
}

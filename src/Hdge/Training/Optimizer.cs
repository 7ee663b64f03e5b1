using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Moves weights along their gradients. Steps are our own: TorchSharp's give numbers to native code that nothing holds (<see cref="HeldScalar"/>); the formulas are theirs and PyTorch's.
/// From the first on, all weights of a type and device lie in one vector (<see cref="TrainedWeights"/>), and a step is one sequence of kernels for each group.
/// </summary>
internal abstract class Optimizer : IDisposable
{
    private readonly TrainedWeights[] _vectors;
    private readonly (TrainedWeights Vector, int Place)[] _places; // of each weight, in the order of the groups

    /// <param name="groups">Weights and their factors.</param>
    /// <param name="weightDecay">Weight decay λ, at least 0.</param>
    /// <param name="memories">Names of what is remembered of each weight in a tensor of its shape, 0 at the start.</param>
    /// <param name="counts">Whether the steps of each weight are counted.</param>
    protected Optimizer(IReadOnlyList<ParameterGroup> groups, double weightDecay, string[] memories, bool counts)
    {
        (Groups, WeightDecay) = (groups, weightDecay);
        var all = groups.SelectMany((group, number) => group.Parameters.Select(weight => (Weight: weight, Group: number))).Select((w, at) => (w.Weight, w.Group, At: at)).ToList();
        _places = new (TrainedWeights, int)[all.Count];
        var vectors = new List<TrainedWeights>();
        foreach (var alike in all.GroupBy(w => (w.Weight.dtype, w.Weight.device_type, w.Weight.device_index)))
        {
            var vector = new TrainedWeights([.. alike.Select(w => (w.Weight, w.Group))], memories, counts);
            vectors.Add(vector);
            foreach (var (w, place) in alike.Select((w, place) => (w, place)))
                _places[w.At] = (vector, place);
        }
        _vectors = [.. vectors];
    }

    /// <summary>Weights and their factors.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>The weights as vectors, one for each type and device among them.</summary>
    public IReadOnlyList<TrainedWeights> Vectors => _vectors;

    /// <summary>Learning rate η of the next step, before a group's factor; at least 0. Default 0.</summary>
    public double LearningRate { get; set; }

    /// <summary>Weight decay λ of the next step, before a group's factor; at least 0.</summary>
    public double WeightDecay { get; set; }

    /// <summary>Largest length of all gradients together (L2) that a step takes as it is; longer ones are shortened to it first. Default null: none.</summary>
    public double? LargestGradient { get; init; }

    /// <summary>Sets the gradients to 0.</summary>
    public void ZeroGradients()
    {
        using var off = no_grad();
        foreach (var vector in _vectors)
        {
            vector.CollectGradients();
            vector.Gradients.zero_();
        }
    }

    /// <summary>One step; a weight that never got a gradient, or is frozen, stays as it is.</summary>
    public void Step()
    {
        using var off = no_grad();
        foreach (var vector in _vectors)
            vector.CollectGradients();
        if (LargestGradient is { } largest)
            GradientClipping.Clip([.. _vectors.Select(v => v.Gradients)], largest);
        foreach (var run in _vectors.SelectMany(v => v.Advance()))
            using (run)
                Update(run, LearningRate * Groups[run.Group].LearningRateFactor, WeightDecay * Groups[run.Group].WeightDecayFactor);
    }

    /// <summary>What is remembered, "weight's number.name": the tensors themselves, where they are used.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State() =>
        _places.SelectMany((place, i) => place.Vector.State[place.Place].Select(t => new KeyValuePair<string, Tensor>($"{i}.{t.Key}", t.Value)));

    /// <summary>Moves weights; called without gradients being recorded.</summary>
    protected abstract void Update(WeightRun run, double rate, double decay);

    /// <summary>Releases what is remembered and the gradients, not the weights.</summary>
    public virtual void Dispose()
    {
        foreach (var vector in _vectors)
            vector.Dispose();
    }
}

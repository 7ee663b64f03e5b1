using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Moves weights along their gradients. Steps are our own: TorchSharp's give numbers to native code that nothing holds (<see cref="HeldScalar"/>); the formulas are theirs and PyTorch's.
/// All arithmetic is element by element, so a weight may as well be one buffer of many.
/// </summary>
internal abstract class Optimizer : IDisposable
{
    private readonly List<WeightMemory> _all;

    /// <param name="groups">Weights and their factors.</param>
    /// <param name="weightDecay">Weight decay λ, at least 0.</param>
    /// <param name="memories">Names of what is remembered of each weight in a tensor of its shape, 0 at the start.</param>
    /// <param name="counts">Whether the steps of each weight are counted.</param>
    protected Optimizer(IReadOnlyList<ParameterGroup> groups, double weightDecay, string[] memories, bool counts)
    {
        (Groups, WeightDecay) = (groups, weightDecay);
        _all = [.. groups.SelectMany(g => g.Parameters).Select(weight => new WeightMemory(weight, memories, counts))];
    }

    /// <summary>Weights and their factors.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Learning rate η of the next step, before a group's factor; at least 0. Default 0.</summary>
    public double LearningRate { get; set; }

    /// <summary>Weight decay λ of the next step, before a group's factor; at least 0.</summary>
    public double WeightDecay { get; set; }

    /// <summary>Largest L2 length of all gradients together; longer ones are shortened to it before a step. Null for none.</summary>
    public double? LargestGradient { get; init; }

    /// <summary>Sets the gradients to 0.</summary>
    public void ZeroGradients()
    {
        foreach (var memory in _all)
        {
            using var gradient = memory.Weight.grad;
            gradient?.zero_();
        }
    }

    /// <summary>One step; a weight without a gradient stays as it is.</summary>
    public void Step()
    {
        using var off = no_grad();
        if (LargestGradient is { } largest)
            using (NewDisposeScope())
                GradientClipping.Clip([.. _all.Select(memory => memory.Weight.grad).OfType<Tensor>()], largest);
        int at = 0;
        foreach (var group in Groups)
        {
            Begin(LearningRate * group.LearningRateFactor, WeightDecay * group.WeightDecayFactor);
            for (int i = 0; i < group.Parameters.Count; i++)
            {
                var memory = _all[at++];
                using var gradient = memory.Weight.grad;
                if (gradient is not null)
                    Update(memory, gradient);
            }
        }
    }

    /// <summary>What is remembered, "weight's number.name": the tensors themselves, where they are used.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State() => _all.SelectMany((memory, i) => memory.Tensors.Select(t => new KeyValuePair<string, Tensor>($"{i}.{t.Key}", t.Value)));

    /// <summary>Takes up a group's learning rate and weight decay for the updates that follow.</summary>
    protected abstract void Begin(double rate, double decay);

    /// <summary>Moves a weight; called without gradients being recorded.</summary>
    protected abstract void Update(WeightMemory memory, Tensor gradient);

    /// <summary>Releases what is remembered, not the weights.</summary>
    public virtual void Dispose()
    {
        foreach (var memory in _all)
            memory.Dispose();
    }
}

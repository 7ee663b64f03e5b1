using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>What an optimiser remembers of a weight.</summary>
internal sealed class WeightMemory : IDisposable
{
    private const string StepName = "step";

    private readonly Tensor? _step; // on the processor

    public WeightMemory(Parameter weight, string[] memories, bool counts)
    {
        using var off = no_grad();
        Weight = weight;
        First = memories.Length > 0 ? zeros_like(weight).DetachFromDisposeScope() : null;
        Second = memories.Length > 1 ? zeros_like(weight).DetachFromDisposeScope() : null;
        _step = counts ? tensor(0L).DetachFromDisposeScope() : null;
        Tensors = [.. new[] { (StepName, _step), (memories.ElementAtOrDefault(0)!, First), (memories.ElementAtOrDefault(1)!, Second) }
            .Where(t => t.Item2 is not null).Select(t => new KeyValuePair<string, Tensor>(t.Item1, t.Item2!))];
    }

    public Parameter Weight { get; }

    public Tensor? First { get; }

    public Tensor? Second { get; }

    /// <summary>All of it by name.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Tensors { get; }

    /// <summary>Counts a step: 1 for the first.</summary>
    public long Count() => ++TensorMemory.Span<long>(_step!)[0];

    public void Dispose()
    {
        foreach (var (_, tensor) in Tensors)
            tensor.Dispose();
    }
}

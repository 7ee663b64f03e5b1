using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>The weights of one type on one device that an optimiser moves, each a view of one vector, as are their gradients and what is remembered of them.</summary>
internal sealed class TrainedWeights : IDisposable
{
    private readonly Parameter[] _weights;
    private readonly int[] _groups; // of each weight, never falling
    private readonly bool[] _hasGradient;
    private readonly FlatTensors _gradients;
    private readonly FlatTensors[] _memories;
    private readonly Tensor? _steps; // of each weight, on the processor

    /// <param name="weights">Weights, each with the number of its group.</param>
    /// <param name="memories">Names of what is remembered of each weight in a tensor of its shape, 0 at the start.</param>
    /// <param name="counts">Whether the steps of each weight are counted.</param>
    public TrainedWeights(IReadOnlyList<(Parameter Weight, int Group)> weights, string[] memories, bool counts)
    {
        _weights = [.. weights.Select(w => w.Weight)];
        _groups = [.. weights.Select(w => w.Group)];
        _hasGradient = new bool[_weights.Length];
        Flat = new FlatTensors(_weights);
        _gradients = Flat.Zeros();
        _memories = [.. memories.Select(_ => Flat.Zeros())];
        _steps = counts ? zeros(_weights.Length, dtype: int64).DetachFromDisposeScope() : null;
        State = [.. Enumerable.Range(0, _weights.Length).Select(i => (IReadOnlyList<KeyValuePair<string, Tensor>>)[
            .. _steps is null ? Array.Empty<KeyValuePair<string, Tensor>>() : [new("step", _steps.select(0, i).DetachFromDisposeScope())],
            .. memories.Select((name, at) => new KeyValuePair<string, Tensor>(name, _memories[at].View(i)))])];
    }

    public IReadOnlyList<Parameter> Weights => _weights;

    /// <summary>The weights as one vector.</summary>
    public FlatTensors Flat { get; }

    /// <summary>The gradients as one vector: 0 where a weight has none.</summary>
    public Tensor Gradients => _gradients.Values;

    /// <summary>What is remembered of each weight, by name: views.</summary>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, Tensor>>> State { get; }

    /// <summary>Sees to it that gradients which weights have got since the last step are views of the vector of gradients. Called without gradients being recorded.</summary>
    public void CollectGradients()
    {
        for (int i = 0; i < _weights.Length; i++)
        {
            if (_hasGradient[i])
                continue;
            using var gradient = _weights[i].grad;
            if (gradient is null)
                continue;
            using var view = _gradients.View(i);
            view.copy_(gradient);
            _weights[i].grad = view; // what backward passes add to from now on
            _hasGradient[i] = true;
        }
    }

    /// <summary>Counts a step of every weight that has a gradient and is not frozen, and answers them as pieces of the vectors: one for each group, if all of its weights are at the same step.</summary>
    public IEnumerable<WeightRun> Advance()
    {
        for (int first = 0, next; first < _weights.Length; first = next)
        {
            next = first + 1;
            if (!Moves(first))
                continue;
            long step = Count(first);
            for (; next < _weights.Length && _groups[next] == _groups[first] && Moves(next) && Steps(next) == step - 1; next++)
                Count(next);
            yield return Run(first, next - 1, step);
        }
    }

    public void Dispose()
    {
        foreach (var weight in _weights.Where((weight, i) => _hasGradient[i] && !weight.IsInvalid))
            weight.grad = null;
        foreach (var (_, tensor) in State.SelectMany(s => s))
            tensor.Dispose();
        foreach (var flat in _memories)
            flat.Dispose();
        _gradients.Dispose();
        Flat.Dispose();
        _steps?.Dispose();
    }

    private bool Moves(int weight) => _hasGradient[weight] && _weights[weight].requires_grad;

    private long Steps(int weight) => _steps is null ? 0 : TensorMemory.Span<long>(_steps)[weight];

    private long Count(int weight) => _steps is null ? 1 : ++TensorMemory.Span<long>(_steps)[weight];

    private WeightRun Run(int first, int last, long step)
    {
        long start = Flat.Starts[first], length = Flat.Starts[last] + Flat.Lengths[last] - start;
        return new WeightRun(_groups[first], step, Flat.Values.narrow(0, start, length), Gradients.narrow(0, start, length),
            [.. _memories.Select(memory => memory.Values.narrow(0, start, length))]);
    }
}

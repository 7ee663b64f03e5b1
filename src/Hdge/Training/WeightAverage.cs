using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// A moving average of a network's weights and running averages (Polyak and Juditsky 1992): after each step, average ← d·average + (1 − d)·weight, with
/// d = min(decay, (1 + t)/(10 + t)) at step t, so that the start is soon forgotten. What it gives is often better than the last weights, and never needs a lower learning rate to settle.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly double _decay;
    private readonly List<FlatTensors> _own = []; // of what the optimiser does not move
    private readonly List<(FlatTensors Values, FlatTensors Average)> _pairs = [];
    private readonly Dictionary<string, Tensor> _views = [];

    /// <param name="network">The network; the average starts at its weights.</param>
    /// <param name="optimizer">What moves them: they lie in its vectors already.</param>
    /// <param name="decay">Largest d, (0, 1).</param>
    public WeightAverage(nn.Module network, Optimizer optimizer, double decay)
    {
        _decay = decay;
        var state = network.state_dict().Where(t => t.Value.is_floating_point()).ToList();
        var names = state.ToDictionary(t => (object)t.Value, t => t.Key, ReferenceEqualityComparer.Instance);
        foreach (var vector in optimizer.Vectors)
            Follow(vector.Flat, vector.Weights);
        foreach (var alike in state.Where(t => !_views.ContainsKey(t.Key)).Select(t => t.Value).GroupBy(t => (t.dtype, t.device_type, t.device_index)))
        {
            var flat = new FlatTensors([.. alike]);
            _own.Add(flat);
            Follow(flat, [.. alike]);
        }

        void Follow(FlatTensors values, IReadOnlyList<Tensor> parts)
        {
            var average = values.Zeros();
            average.Values.copy_(values.Values);
            _pairs.Add((values, average));
            for (int i = 0; i < parts.Count; i++)
                if (names.TryGetValue(parts[i], out string? name))
                    _views.Add(name, average.View(i));
        }
    }

    /// <summary>The averages by the names of what they are averages of: the tensors themselves.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _views;

    /// <summary>Takes in the weights after a step, counted from 0.</summary>
    public void Add(long step)
    {
        using var off = no_grad();
        double decay = Math.Min(_decay, (1.0 + step) / (10 + step));
        using var keep = new HeldScalar(decay);
        using var take = new HeldScalar(1 - decay);
        foreach (var (values, average) in _pairs)
            average.Values.ScaleInPlace(keep).AddInPlace(values.Values, take);
    }

    /// <summary>The network gets the averages, and this keeps what it had: call it again to put that back.</summary>
    public void Swap()
    {
        using var off = no_grad();
        foreach (var (values, average) in _pairs)
        {
            using var kept = values.Values.clone();
            values.Values.copy_(average.Values);
            average.Values.copy_(kept);
        }
    }

    public void Dispose()
    {
        foreach (var view in _views.Values)
            view.Dispose();
        foreach (var (_, average) in _pairs)
            average.Dispose();
        foreach (var flat in _own)
            flat.Dispose();
    }
}

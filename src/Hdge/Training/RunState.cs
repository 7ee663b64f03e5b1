using Hdge.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// All that a run has in tensors, by name: the network's weights and running averages, their moving averages where there are such, what the optimiser remembers of each parameter, the objective's bank,
/// buffer and own weights. Random numbers come from seeds of run, epoch and batch, so no generator's state belongs to it.
/// </summary>
internal sealed class RunState(nn.Module network, Optimizer optimizer, IObjective objective, Device device, WeightAverage? average = null)
{
    public const string NetworkPrefix = "network.", ObjectivePrefix = "objective.", OptimizerPrefix = "optimizer.", AveragePrefix = "average.";

    /// <summary>The weights and running averages alone, in the memory where they are used.</summary>
    public Dictionary<string, Tensor> Weights() => network.state_dict().ToDictionary(w => NetworkPrefix + w.Key, w => w.Value.detach());

    /// <summary>What the network would be made of if training ended now: the moving averages of the weights where there are such, else the weights; by the names of <see cref="Weights"/>.</summary>
    public Dictionary<string, Tensor> ModelWeights()
    {
        var weights = Weights();
        foreach (var (name, tensor) in average?.Tensors ?? new Dictionary<string, Tensor>())
            weights[NetworkPrefix + name] = tensor;
        return weights;
    }

    /// <summary>Bytes that <see cref="Tensors"/> take during the run: the weights, further <paramref name="copies"/> of them, what the objective has so far, and two moments a weight at most.</summary>
    public long Length(int copies)
    {
        using var scope = NewDisposeScope();
        return ((average is null ? 1 : 2) + copies) * network.state_dict().Values.Sum(Bytes) + 2 * optimizer.Groups.SelectMany(g => g.Parameters).Sum(Bytes) + objective.State().Sum(t => Bytes(t.Value));
    }

    /// <summary>Everything, in the memory where it is used; the tensors belong to the current dispose scope.</summary>
    public Dictionary<string, Tensor> Tensors()
    {
        var tensors = Weights();
        foreach (var (name, tensor) in Averages())
            tensors.Add(name, tensor.detach());
        foreach (var (name, tensor) in objective.State())
            tensors.Add(ObjectivePrefix + name, tensor);
        foreach (var (name, tensor) in optimizer.State())
            tensors.Add(OptimizerPrefix + name, tensor.detach());
        return tensors;
    }

    /// <summary>Takes over what <see cref="Tensors"/> gave, in this run or one before. What the objective has only after its first step may be absent, and is then as before it.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown, or of another shape or type.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> saved)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var left = saved.ToDictionary();
        foreach (var (name, own) in Weights().Concat(Averages()).Concat(optimizer.State().Select(t => new KeyValuePair<string, Tensor>(OptimizerPrefix + t.Key, t.Value))))
            own.copy_(Take(name, own));
        objective.Restore(left.Where(t => t.Key.StartsWith(ObjectivePrefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[ObjectivePrefix.Length..], t => t.Value.to(device)));
        if (left.Keys.FirstOrDefault(name => !name.StartsWith(ObjectivePrefix, StringComparison.Ordinal)) is { } unknown)
            throw new InvalidDataException($"The saved state holds '{unknown}', which the run does not have.");

        Tensor Take(string name, Tensor like)
        {
            if (!left.Remove(name, out var tensor))
                throw new InvalidDataException($"The saved state lacks '{name}'.");
            return tensor.dtype == like.dtype && tensor.shape.AsSpan().SequenceEqual(like.shape) ? tensor
                : throw new InvalidDataException($"'{name}' of the saved state is {tensor.dtype} [{string.Join(", ", tensor.shape)}], expected {like.dtype} [{string.Join(", ", like.shape)}].");
        }
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Averages() => average?.Tensors.Select(t => new KeyValuePair<string, Tensor>(AveragePrefix + t.Key, t.Value)) ?? [];

    private static long Bytes(Tensor tensor) => tensor.numel() * tensor.element_size();
}

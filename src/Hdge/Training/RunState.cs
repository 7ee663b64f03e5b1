using Hdge.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// All that a run has in tensors, by name: the network's weights and running averages, what the optimiser remembers of each parameter, the objective's bank,
/// buffer and own weights. Random numbers come from seeds of run, epoch and batch, so no generator's state belongs to it.
/// </summary>
internal sealed class RunState(nn.Module network, OptimizerHelper optimizer, IObjective objective, Device device)
{
    public const string NetworkPrefix = "network.", ObjectivePrefix = "objective.", OptimizerPrefix = "optimizer.";

    /// <summary>The weights and running averages alone, in the memory where they are used.</summary>
    public Dictionary<string, Tensor> Weights() => network.state_dict().ToDictionary(w => NetworkPrefix + w.Key, w => w.Value.detach());

    /// <summary>Bytes that <see cref="Tensors"/> take during the run: the weights, what the objective has so far, and two moments a weight at most.</summary>
    public long Length()
    {
        using var scope = NewDisposeScope();
        return network.state_dict().Values.Sum(Bytes) + 2 * optimizer.parameters().Sum(Bytes) + objective.State().Sum(t => Bytes(t.Value));
    }

    /// <summary>Everything, in the memory where it is used but for counters; the tensors belong to the current dispose scope.</summary>
    public Dictionary<string, Tensor> Tensors()
    {
        var tensors = Weights();
        foreach (var (name, tensor) in objective.State())
            tensors.Add(ObjectivePrefix + name, tensor);
        var states = optimizer.state_dict().State;
        for (int i = 0; i < states.Count; i++)
            switch (states[i])
            {
                case SGD.State { momentum_buffer: { } momentum }:
                    tensors.Add(Name(i, "momentum"), momentum.detach());
                    break;
                case Adam.State adam:
                    tensors.Add(Name(i, "step"), tensor(adam.step));
                    tensors.Add(Name(i, "exp_avg"), adam.exp_avg.detach());
                    tensors.Add(Name(i, "exp_avg_sq"), adam.exp_avg_sq.detach());
                    break;
            }
        return tensors;
    }

    /// <summary>Takes over what <see cref="Tensors"/> gave, in this run or one before. What a run has only after its first step may be absent, and is then as before it.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, unknown, or of another shape or type.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> saved)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var left = saved.ToDictionary();
        foreach (var (name, weight) in Weights())
            weight.copy_(Take(name, weight) ?? throw new InvalidDataException($"The saved state lacks '{name}'."));
        var states = optimizer.state_dict().State;
        var parameters = optimizer.parameters().ToList();
        for (int i = 0; i < states.Count; i++)
            switch (states[i])
            {
                case SGD.State sgd:
                    sgd.momentum_buffer?.Dispose();
                    sgd.momentum_buffer = Take(Name(i, "momentum"), parameters[i])?.to(device, copy: true).DetachFromDisposeScope()!; // null before the first step
                    break;
                case Adam.State adam:
                    adam.step = (Take(Name(i, "step"), null) ?? throw new InvalidDataException($"The saved state lacks '{Name(i, "step")}'.")).cpu().item<long>();
                    foreach (var (part, own) in new[] { ("exp_avg", adam.exp_avg), ("exp_avg_sq", adam.exp_avg_sq) })
                        own.copy_(Take(Name(i, part), own) ?? throw new InvalidDataException($"The saved state lacks '{Name(i, part)}'."));
                    break;
            }
        objective.Restore(left.Where(t => t.Key.StartsWith(ObjectivePrefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[ObjectivePrefix.Length..], t => t.Value.to(device)));
        if (left.Keys.FirstOrDefault(name => !name.StartsWith(ObjectivePrefix, StringComparison.Ordinal)) is { } unknown)
            throw new InvalidDataException($"The saved state holds '{unknown}', which the run does not have.");

        Tensor? Take(string name, Tensor? like)
        {
            if (!left.Remove(name, out var tensor))
                return null;
            var (type, shape) = like is null ? (int64, []) : (like.dtype, like.shape);
            return tensor.dtype == type && tensor.shape.AsSpan().SequenceEqual(shape) ? tensor
                : throw new InvalidDataException($"'{name}' of the saved state is {tensor.dtype} [{string.Join(", ", tensor.shape)}], expected {type} [{string.Join(", ", shape)}].");
        }
    }

    private static long Bytes(Tensor tensor) => tensor.numel() * tensor.element_size();

    private static string Name(int parameter, string part) => $"{OptimizerPrefix}{parameter}.{part}";
}

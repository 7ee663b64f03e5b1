using System.Text;
using System.Text.Json;
using Hdge.Distributed;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Persistence;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>What the processes of a run tell each other beside features and statistics: that they train the same, their gradients, and the state that rank 0 goes on from.</summary>
internal sealed class SharedRun(Shard shard)
{
    private readonly ICollective _ranks = shard.Collective;

    public Shard Shard => shard;

    public bool IsRoot => shard.Rank == 0;

    /// <summary>The texts of all ranks, in their order.</summary>
    public string[] Exchange(string text)
    {
        using var scope = NewDisposeScope();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var lengths = TensorMemory.Span<long>(_ranks.AllGather(tensor(new[] { (long)bytes.Length }), [.. Enumerable.Repeat(1L, shard.Size)])).ToArray();
        var own = empty(bytes.Length, dtype: uint8);
        bytes.CopyTo(own.bytes);
        var all = _ranks.AllGather(own, lengths);
        var texts = new string[shard.Size];
        for (int rank = 0, at = 0; rank < texts.Length; at += (int)lengths[rank], rank++)
            texts[rank] = Encoding.UTF8.GetString(all.bytes.Slice(at, (int)lengths[rank]));
        return texts;
    }

    /// <summary>Checks that all ranks have the same options and images.</summary>
    /// <exception cref="ArgumentException">They have not; the message, the same on all ranks, names what differs on which.</exception>
    public void RequireSame(SortedDictionary<string, string> options, string images)
    {
        var own = new SortedDictionary<string, string>(options, StringComparer.Ordinal) { ["the images (SHA-256)"] = images };
        var all = Exchange(JsonSerializer.Serialize(own, StrictJson.Compact)).Select(text => JsonSerializer.Deserialize<Dictionary<string, string>>(text, StrictJson.Compact)!).ToList();
        var differences = all.SelectMany((other, rank) => all[0].Keys.Union(other.Keys).Order(StringComparer.Ordinal)
            .Where(name => all[0].GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Select(name => $"{name}: {all[0].GetValueOrDefault(name) ?? "absent"} on rank 0, {other.GetValueOrDefault(name) ?? "absent"} on rank {rank}")).ToList();
        if (differences.Count > 0)
            throw new ArgumentException($"The processes do not train the same: {string.Join("; ", differences)}. Expected the same options, images and version of this package on all machines.");
    }

    /// <summary>Does something on rank 0 alone, or here where this process trains by itself; where it fails there, all fail.</summary>
    /// <exception cref="IOException">On the other ranks: it failed on rank 0, with its message.</exception>
    public static void OnRoot(SharedRun? shared, Action action)
    {
        if (shared is null)
            action();
        else
            shared.OnRoot(action);
    }

    /// <summary>Does something on rank 0 alone; where it fails there, all fail.</summary>
    /// <exception cref="IOException">On the other ranks: it failed on rank 0, with its message.</exception>
    public void OnRoot(Action action)
    {
        Exception? failure = null;
        if (IsRoot)
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = error;
            }
        string message = Exchange(failure?.Message ?? "")[0];
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        if (message.Length > 0)
            throw new IOException($"Rank 0 failed: {message}");
    }

    /// <summary>Rank 0's values on all ranks.</summary>
    public void Broadcast(IEnumerable<Tensor> tensors)
    {
        using var off = no_grad();
        foreach (var values in tensors)
        {
            using var scope = NewDisposeScope();
            var dense = values.contiguous();
            _ranks.Broadcast(dense);
            if (!values.is_contiguous())
                values.copy_(dense);
        }
    }

    /// <summary>Rank 0's tensors on all ranks, which need not know what there is; the caller disposes of them.</summary>
    public Dictionary<string, Tensor> Broadcast(IReadOnlyDictionary<string, Tensor>? onRoot)
    {
        var told = JsonSerializer.Deserialize<Dictionary<string, Outline>>(Exchange(IsRoot ? JsonSerializer.Serialize(onRoot!.ToDictionary(t => t.Key, t => new Outline(t.Value.dtype, t.Value.shape)), StrictJson.Compact) : "")[0], StrictJson.Compact)!;
        var tensors = told.ToDictionary(t => t.Key, t => IsRoot ? onRoot![t.Key] : empty(t.Value.Shape, dtype: t.Value.Type).DetachFromDisposeScope());
        Broadcast(tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Value));
        return tensors;
    }

    /// <summary>Rank 0's numbers on all ranks.</summary>
    public double[] Broadcast(params double[] numbers)
    {
        using var values = tensor(numbers);
        _ranks.Broadcast(values);
        return [.. TensorMemory.Span<double>(values)];
    }

    /// <summary>
    /// The gradients of the whole batch from those of the ranks: sums of what belongs to weights before the features, of which each rank has its share; rank 0's of those after them, where each rank has it all.
    /// </summary>
    public void ReduceGradients(Optimizer optimizer, IEnumerable<Parameter> afterFeatures)
    {
        using var off = no_grad();
        foreach (var vector in optimizer.Vectors)
            vector.CollectGradients();
        if (!IsRoot)
            foreach (var weight in afterFeatures)
            {
                using var gradient = weight.grad;
                gradient?.zero_();
            }
        foreach (var vector in optimizer.Vectors)
            _ranks.AllReduce(vector.Gradients);
    }

    /// <summary>Whether any rank is to end.</summary>
    public bool Any(bool here)
    {
        using var flag = tensor(new[] { here ? 1.0 : 0.0 });
        _ranks.AllReduce(flag);
        return TensorMemory.Span<double>(flag)[0] > 0;
    }

    private sealed record Outline(ScalarType Type, long[] Shape);
}

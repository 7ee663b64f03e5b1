using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// Tensors of one type on one device as one vector: each becomes a view of it, with the values and the order of dimensions that it had, so that one kernel does what
/// otherwise takes one a tensor. Tensors begin at multiples of 64 elements, which convolutions of a GPU ask for; between them are zeros.
/// </summary>
internal sealed class FlatTensors : IDisposable
{
    private const int Alignment = 64;

    private readonly long[][] _shapes, _strides;

    /// <param name="parts">Floating-point tensors of one type on one device, at least one.</param>
    public FlatTensors(IReadOnlyList<Tensor> parts)
    {
        using var off = no_grad();
        _shapes = [.. parts.Select(part => part.shape)];
        _strides = [.. parts.Select(Strides)];
        Starts = new long[parts.Count];
        Lengths = [.. parts.Select(part => part.numel())];
        long length = 0;
        for (int i = 0; i < parts.Count; i++)
            (Starts[i], length) = (length, length + (Lengths[i] + Alignment - 1) / Alignment * Alignment);
        Values = zeros(length, dtype: parts[0].dtype, device: parts[0].device).DetachFromDisposeScope();
        for (int i = 0; i < parts.Count; i++)
        {
            using var view = View(i);
            view.copy_(parts[i]);
            parts[i].set_(view);
        }
    }

    private FlatTensors(FlatTensors like)
    {
        using var off = no_grad();
        (_shapes, _strides, Starts, Lengths) = (like._shapes, like._strides, like.Starts, like.Lengths);
        Values = zeros_like(like.Values).DetachFromDisposeScope();
    }

    /// <summary>The vector.</summary>
    public Tensor Values { get; }

    /// <summary>Where each tensor begins in it.</summary>
    public long[] Starts { get; }

    /// <summary>Elements of each tensor.</summary>
    public long[] Lengths { get; }

    /// <summary>A tensor's part of the vector, in its shape; the caller's.</summary>
    public Tensor View(int part) => Values.as_strided(_shapes[part], _strides[part], Starts[part]).DetachFromDisposeScope();

    /// <summary>Zeros in the same places; no tensor becomes a view of them.</summary>
    public FlatTensors Zeros() => new(this);

    /// <summary>Releases the vector; tensors that are views of it keep its memory.</summary>
    public void Dispose() => Values.Dispose();

    /// <summary>Those of the tensor where they leave no gaps, as channels-last does; else those of its dimensions in order.</summary>
    private static long[] Strides(Tensor tensor)
    {
        var (shape, strides) = (tensor.shape, tensor.stride());
        long dense = 1;
        foreach (int side in Enumerable.Range(0, shape.Length).Where(i => shape[i] != 1).OrderBy(i => strides[i]))
        {
            if (strides[side] != dense)
                return InOrder(shape);
            dense *= shape[side];
        }
        return strides;
    }

    private static long[] InOrder(long[] shape)
    {
        var strides = new long[shape.Length];
        long next = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
            (strides[i], next) = (next, next * shape[i]);
        return strides;
    }
}

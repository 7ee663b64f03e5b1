using System.Collections;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a CPU tensor in row-major order, whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly T* start;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;
    private torch.Tensor? tensor; // keeps the memory alive

    internal TensorAccessor(torch.Tensor tensor)
    {
        this.tensor = tensor;
        start = (T*)tensor.DataPointer();
        shape = tensor.shape;
        strides = tensor.stride();
        contiguous = tensor.is_contiguous();
        Count = tensor.NumberOfElements;
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get
        {
            T value = *At(indices);
            GC.KeepAlive(tensor);
            return value;
        }

        set
        {
            *At(indices) = value;
            GC.KeepAlive(tensor);
        }
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public T[] ToArray()
    {
        // The accessor's memory may be gone when the tensor is disposed: ask it first.
        ThrowIfDisposed();
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    public Array ToNDArray()
    {
        if (shape.Length == 0) return ToArray();
        Array result = Array.CreateInstance(typeof(T), shape);
        var index = new long[shape.Length];
        for (long n = 0; n < Count; n++)
        {
            long rest = n;
            for (int d = shape.Length - 1; d >= 0; d--) rest = Math.DivRem(rest, shape[d], out index[d]);
            result.SetValue(Read(n), index);
        }
        return result;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ArgumentNullException.ThrowIfNull(array);
        int count = Window(array.Length, arrayIndex, tensorIndex);
        if (contiguous) new ReadOnlySpan<T>(start + tensorIndex, count).CopyTo(array.AsSpan(arrayIndex));
        else for (int i = 0; i < count; i++) array[arrayIndex + i] = *Offset(tensorIndex + i);
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        ArgumentNullException.ThrowIfNull(array);
        int count = Window(array.Length, arrayIndex, tensorIndex);
        if (contiguous) array.AsSpan(arrayIndex, count).CopyTo(new Span<T>(start + tensorIndex, count));
        else for (int i = 0; i < count; i++) *Offset(tensorIndex + i) = array[arrayIndex + i];
        GC.KeepAlive(tensor);
    }

    public override bool Equals(object? obj)
    {
        if (obj is not TensorAccessor<T> other || other.Count != Count) return false;
        for (long i = 0; i < Count; i++)
        {
            if (!Read(i).Equals(other.Read(i))) return false;
        }
        return true;
    }

    public override int GetHashCode() => HashCode.Combine((nint)start, Count);

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return Read(i);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() => tensor = null;

    private T Read(long index)
    {
        ThrowIfDisposed();
        T value = *Offset(index);
        GC.KeepAlive(tensor);
        return value;
    }

    private int Window(int length, int arrayIndex, long tensorIndex)
    {
        ThrowIfDisposed();
        if (Count == 0) return 0;
        if (tensorIndex < 0 || tensorIndex >= Count) throw new ArgumentOutOfRangeException(nameof(tensorIndex));
        ArgumentOutOfRangeException.ThrowIfNegative(arrayIndex);
        return (int)Math.Max(0, Math.Min(length - arrayIndex, Count - tensorIndex));
    }

    private T* At(long[] indices)
    {
        ThrowIfDisposed();
        if (indices.Length == 1)
        {
            if (indices[0] < 0 || indices[0] >= Count) throw new IndexOutOfRangeException();
            return Offset(indices[0]);
        }
        if (indices.Length != shape.Length) throw new ArgumentException($"{indices.Length} indices for {shape.Length} dimensions");
        long offset = 0;
        for (int d = 0; d < shape.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= shape[d])
                throw new IndexOutOfRangeException($"{indices[d]} >= {shape[d]} in dimension {d}.");
            offset += indices[d] * strides[d];
        }
        return start + offset;
    }

    private T* Offset(long index)
    {
        if (contiguous) return start + index;
        long offset = 0;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            index = Math.DivRem(index, shape[d], out long at);
            offset += at * strides[d];
        }
        return start + offset;
    }

    private void ThrowIfDisposed()
    {
        ObjectDisposedException.ThrowIf(tensor is null, this);
        _ = tensor.Handle;
    }
}

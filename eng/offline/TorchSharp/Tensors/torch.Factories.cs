using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        bool whole = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        ScalarType type = dtype ?? (whole ? ScalarType.Int64 : defaultType);
        return Made(Aten.Call("arange.start_step", start, stop, step, type, Arg.None, InitializeDevice(device)), requires_grad);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Aten.Call("linspace", start, end, steps, dtype ?? defaultType, Arg.None, InitializeDevice(device)), requires_grad);

    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Aten.Call("logspace", start, end, steps, @base, dtype ?? defaultType, Arg.None, InitializeDevice(device)), requires_grad);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        return Made(Aten.Call("eye.m", rows, columns < 0 ? rows : columns, dtype ?? defaultType, Arg.None, InitializeDevice(device)), requires_grad);
    }

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Made(Aten.Call("randperm.generator", n, generator, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device)), requires_grad);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null)
    {
        RefuseNames(names);
        return Made(Aten.Call("randint.low_generator", low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, InitializeDevice(device)), requires_grad);
    }

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null,
        string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null)
    {
        RefuseNames(names);
        return Made(Aten.Call("normal.float_float", mean, std, size, generator, dtype ?? defaultType, Arg.None, InitializeDevice(device)), requires_grad);
    }

    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);

    public static Tensor multinomial(Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    /// <summary>A tensor on the array's own memory: what is written to one is seen in the other.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, ElementType(rawArray), device ?? CPU);

    /// <inheritdoc cref="from_array(Array, Device)"/>
    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        ScalarType native = ElementType(rawArray);
        return Finished(SharedMemory.TensorOn(rawArray, ShapeOf(rawArray), native), native, dtype, device, requires_grad);
    }

    internal static long[] ShapeOf(Array array)
    {
        var shape = new long[array.Rank];
        for (int d = 0; d < shape.Length; d++) shape[d] = array.GetLongLength(d);
        return shape;
    }

    private static Tensor Make(string op, long[] size, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        return Made(Aten.Call(op, size, dtype ?? defaultType, Arg.None, InitializeDevice(device)), requires_grad);
    }

    private static Tensor MakeRandom(string op, long[] size, ScalarType? dtype, Device? device, bool requires_grad, Generator? generator, string[]? names)
    {
        RefuseNames(names);
        return Made(Aten.Call(op, size, generator, dtype ?? defaultType, Arg.None, InitializeDevice(device)), requires_grad);
    }

    private static Tensor Made(Tensor tensor, bool requires_grad) => requires_grad ? tensor.with_requires_grad() : tensor;

    /// <summary>Copies an array, read in row-major order, into a tensor.</summary>
    private static Tensor FromArray(Array data, long[] shape, ScalarType native, ScalarType? dtype, Device? device, bool requires_grad, string[]? names)
    {
        RefuseNames(names);
        long count = shape.TotalSize();
        if (count > data.LongLength || shape.Any(size => size < 0))
            throw new ArgumentException($"mismatched total size creating a tensor from an array: {count} vs. {data.LongLength}");
        nint handle;
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(data))
        fixed (long* sizes = shape)
        {
            NativeMethods.Check(NativeMethods.hdge_from_memory(start, count * native.ElementSize(), (int)native, sizes, shape.Length, &handle));
        }
        return Finished(new Tensor(handle), native, dtype, device, requires_grad);
    }

    private static Tensor Finished(Tensor made, ScalarType native, ScalarType? dtype, Device? device, bool requires_grad)
    {
        Device target = InitializeDevice(device);
        if ((dtype ?? native) != native || target.type != DeviceType.CPU) made = made.to(dtype ?? native, target, disposeAfter: true);
        return Made(made, requires_grad);
    }

    private static ScalarType ElementType(Array array) => array.GetType().GetElementType() switch
    {
        { } t when t == typeof(bool) => ScalarType.Bool,
        { } t when t == typeof(byte) => ScalarType.Byte,
        { } t when t == typeof(sbyte) => ScalarType.Int8,
        { } t when t == typeof(short) => ScalarType.Int16,
        { } t when t == typeof(int) => ScalarType.Int32,
        { } t when t == typeof(long) => ScalarType.Int64,
        { } t when t == typeof(Half) => ScalarType.Float16,
        { } t when t == typeof(float) => ScalarType.Float32,
        { } t when t == typeof(double) => ScalarType.Float64,
        { } t => throw new NotImplementedException($"Creating a tensor from an array of {t.Name}."),
        null => throw new InvalidOperationException("The array has no element type."),
    };

    private static void RefuseNames(string[]? names)
    {
        if (names is { Length: > 0 }) throw new NotImplementedException("The offline stand-in has no named tensors.");
    }
}

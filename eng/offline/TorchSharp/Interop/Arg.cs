namespace TorchSharp.Interop;

/// <summary>
/// One argument of an operator call. Everything that an operator takes converts to it without boxing, so a call can be
/// written as <c>Aten.Call("sum.dim_IntList", x, dims, keepdim, dtype)</c>.
/// </summary>
internal readonly struct Arg
{
    /// <summary>Stands for the value in the operator's schema.</summary>
    public static readonly Arg Default = new(ValueTag.Default, 0, null);

    /// <summary>Stands for Python's None.</summary>
    public static readonly Arg None = new(ValueTag.None, 0, null);

    private Arg(ValueTag tag, long bits, object? source)
    {
        Tag = tag;
        Bits = bits;
        Source = source;
    }

    public ValueTag Tag { get; }

    public long Bits { get; }

    /// <summary>The array, or the object that must stay alive during the call.</summary>
    public object? Source { get; }

    public static implicit operator Arg(torch.Tensor? value) => value is null ? None : new(ValueTag.Tensor, value.Handle, value);

    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Tag, value.Bits, null);

    public static implicit operator Arg(long value) => new(ValueTag.Int, value, null);

    public static implicit operator Arg(long? value) => value is long v ? v : None;

    public static implicit operator Arg(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value), null);

    public static implicit operator Arg(double? value) => value is double v ? v : None;

    public static implicit operator Arg(bool value) => new(ValueTag.Bool, value ? 1 : 0, null);

    public static implicit operator Arg(bool? value) => value is bool v ? v : None;

    public static implicit operator Arg(torch.ScalarType value) => new(ValueTag.Int, (long)value, null);

    public static implicit operator Arg(torch.ScalarType? value) => value is torch.ScalarType v ? v : None;

    public static implicit operator Arg(long[]? value) => value is null ? None : new(ValueTag.IntList, 0, value);

    public static implicit operator Arg(ReadOnlySpan<long> value) => value.ToArray();

    public static implicit operator Arg(double[]? value) => value is null ? None : new(ValueTag.DoubleList, 0, value);

    public static implicit operator Arg(torch.Tensor?[]? value) => value is null ? None : new(ValueTag.TensorList, 0, value);

    public static implicit operator Arg(string? value) => value is null ? None : new(ValueTag.String, 0, System.Text.Encoding.UTF8.GetBytes(value));

    public static implicit operator Arg(torch.Device? value) =>
        value is null ? None : new(ValueTag.Device, (uint)value.type | ((long)value.index << 32), null);

    public static implicit operator Arg(torch.Generator? value) => value is null ? None : new(ValueTag.Generator, value.Handle, value);
}

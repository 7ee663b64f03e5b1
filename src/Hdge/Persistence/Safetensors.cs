using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>
/// The safetensors format (8 bytes of header length, a JSON header, raw little-endian data), which Python's safetensors package reads. Reading compares
/// every name, type, shape, length and place with what is expected before memory is taken for it.
/// </summary>
internal static class Safetensors
{
    private static readonly ScalarType[] s_types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Int64];

    /// <summary>Writes the tensors in the order of their names.</summary>
    public static void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors, Stream stream)
    {
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToList();
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            long at = 0;
            json.WriteStartObject();
            foreach (var (name, tensor) in ordered)
            {
                var (type, size) = TypeName(tensor.dtype);
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (long side in tensor.shape)
                    json.WriteNumberValue(side);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += tensor.numel() * size);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach (var (_, tensor) in ordered)
        {
            using var scope = NewDisposeScope();
            if (tensor.numel() > 0)
                stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    /// <exception cref="InvalidOperationException">A tensor holds NaN or ±∞: what would be written could not be read.</exception>
    public static void RequireFinite(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        foreach (var (name, tensor) in tensors)
        {
            using var scope = NewDisposeScope();
            if (!IsFinite(tensor.detach().cpu().contiguous()))
                throw new InvalidOperationException($"The model cannot be saved: '{name}' holds a number that is not finite.");
        }
    }

    /// <summary>Reads into the given tensors, which must be exactly those of the data and finite.</summary>
    /// <param name="stream">The data.</param>
    /// <param name="length">Length of the data in bytes.</param>
    /// <param name="part">What they are, for messages.</param>
    /// <param name="expected">Name, type and shape of every tensor; asked for one by one, and no further than they agree.</param>
    /// <param name="allocate">Called once the header has passed every check; answers the tensors to fill.</param>
    /// <param name="fewest">So many tensors are expected at least: with fewer, <paramref name="expected"/> is not asked.</param>
    /// <exception cref="InvalidDataException">The data are cut off, do not fit, or hold a number that is not finite.</exception>
    public static void Read(Stream stream, long length, string part, IEnumerable<(string Name, ScalarType Type, long[] Shape)> expected, Func<IReadOnlyDictionary<string, Tensor>> allocate,
        int fewest = 0)
    {
        var header = SafetensorsHeader.Read(stream, length, part);
        if (header.Tensors.Count < fewest)
            throw new InvalidDataException($"{part} holds {header.Tensors.Count} tensors, expected at least {fewest}.");
        var unknown = header.Tensors.Keys.ToHashSet();
        foreach (var (name, type, shape) in expected)
        {
            if (!header.Tensors.TryGetValue(name, out var found) || !unknown.Remove(name))
                throw new InvalidDataException($"{part} lacks '{name}'.");
            string typeName = TypeName(type).Name;
            if (found.Type != typeName || !found.Shape.AsSpan().SequenceEqual(shape))
                throw new InvalidDataException($"{part}: '{name}' is {found.Type} [{string.Join(", ", found.Shape)}], expected {typeName} [{string.Join(", ", shape)}].");
        }
        if (unknown.Count > 0)
            throw new InvalidDataException($"{part} holds '{unknown.First()}', which the model does not have.");
        Lay(header, part);
        var tensors = allocate();
        foreach (var (name, _) in header.InOrder())
        {
            Fill(tensors[name], stream, name, part);
            if (!IsFinite(tensors[name]))
                throw new InvalidDataException($"{part}: '{name}' holds a number that is not finite.");
        }
    }

    /// <summary>Reads all tensors there are, on the processor, finite or not; they are the caller's. No more memory is taken than the data have bytes.</summary>
    /// <exception cref="InvalidDataException">The data are cut off, or their header contradicts itself.</exception>
    public static Dictionary<string, Tensor> ReadAll(Stream stream, long length, string part)
    {
        var header = SafetensorsHeader.Read(stream, length, part);
        Lay(header, part);
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            foreach (var (name, entry) in header.InOrder())
            {
                tensors.Add(name, empty(entry.Shape, dtype: s_types.First(t => TypeName(t).Name == entry.Type)).DetachFromDisposeScope());
                Fill(tensors[name], stream, name, part);
            }
            return tensors;
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    /// <summary>Checks that the tensors' types are known, and that they lie in the data one after another, as long as their shapes say, to the end.</summary>
    private static void Lay(SafetensorsHeader header, string part)
    {
        long at = 0;
        foreach (var (name, entry) in header.InOrder())
        {
            var type = Array.FindIndex(s_types, t => TypeName(t).Name == entry.Type);
            if (type < 0)
                throw new InvalidDataException($"{part}: '{name}' is {entry.Type}, expected {string.Join(", ", s_types.Select(t => TypeName(t).Name))}.");
            Int128 bytes = TypeName(s_types[type]).Size;
            foreach (long side in entry.Shape) // a negative side, or more than there is, stays wrong whatever follows
                bytes = side >= 0 && bytes >= 0 && bytes <= header.DataLength ? bytes * side : -1;
            if (entry.End - entry.Begin != bytes || entry.Begin != at)
                throw new InvalidDataException($"{part}: '{name}' takes the bytes {entry.Begin}..{entry.End} for the shape [{string.Join(", ", entry.Shape)}], expected them from {at} on.");
            at = entry.End;
        }
        if (at != header.DataLength)
            throw new InvalidDataException($"{part}: the tensors end at byte {at} of {header.DataLength}.");
    }

    private static void Fill(Tensor target, Stream stream, string name, string part)
    {
        if (target.numel() == 0)
            return;
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var host = target.device_type == DeviceType.CPU && target.is_contiguous() ? target : empty(target.shape, dtype: target.dtype);
        try
        {
            stream.ReadExactly(host.bytes);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"{part} is cut off in '{name}'.", error);
        }
        if (!ReferenceEquals(host, target))
            target.copy_(host);
    }

    /// <summary>Whether every number of a tensor in the processor's memory is finite.</summary>
    public static bool IsFinite(Tensor tensor)
    {
        bool finite = true;
        if (tensor.numel() == 0)
            return true;
        if (tensor.dtype == ScalarType.Float32)
            foreach (float value in MemoryMarshal.Cast<byte, float>(tensor.bytes))
                finite &= float.IsFinite(value);
        else if (tensor.dtype == ScalarType.Float64)
            foreach (double value in MemoryMarshal.Cast<byte, double>(tensor.bytes))
                finite &= double.IsFinite(value);
        return finite;
    }

    private static (string Name, int Size) TypeName(ScalarType type) => type switch
    {
        ScalarType.Float32 => ("F32", 4),
        ScalarType.Float64 => ("F64", 8),
        ScalarType.Int64 => ("I64", 8),
        _ => throw new NotSupportedException($"Weights of type {type} are not saved."),
    };
}

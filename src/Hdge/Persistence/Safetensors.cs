using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>
/// The safetensors format (8 bytes of header length, a JSON header, raw little-endian data), which Python's safetensors package reads. Reading compares
/// every name, type, shape and length with what is expected before memory is taken for it.
/// </summary>
internal static class Safetensors
{
    private const int LargestHeader = 100_000_000; // the format's own limit

    private static readonly ScalarType[] s_types = [ScalarType.Float32, ScalarType.Float64, ScalarType.Int64];

    private sealed record Entry(string Type, long[] Shape, long Begin, long End);

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
            stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    /// <summary>Reads into the given tensors, which must be exactly those of the file.</summary>
    /// <param name="stream">The data.</param>
    /// <param name="length">Length of the data in bytes.</param>
    /// <param name="expected">Name, type and shape of every tensor.</param>
    /// <param name="allocate">Called once the header has passed every check; answers the tensors to fill.</param>
    /// <exception cref="InvalidDataException">The data are cut off or do not fit.</exception>
    public static void Read(Stream stream, long length, IReadOnlyCollection<(string Name, ScalarType Type, long[] Shape)> expected, Func<IReadOnlyDictionary<string, Tensor>> allocate)
    {
        var entries = ReadHeader(stream, length, out long dataLength);
        foreach (var (name, type, shape) in expected)
        {
            if (!entries.TryGetValue(name, out var entry))
                throw new InvalidDataException($"The weights lack '{name}'.");
            var (typeName, size) = TypeName(type);
            if (entry.Type != typeName || !entry.Shape.AsSpan().SequenceEqual(shape))
                throw new InvalidDataException($"Weight '{name}' is {entry.Type} [{string.Join(", ", entry.Shape)}], expected {typeName} [{string.Join(", ", shape)}].");
            long bytes = shape.Aggregate((long)size, (product, side) => checked(product * side));
            if (entry.End - entry.Begin != bytes)
                throw new InvalidDataException($"Weight '{name}' takes {entry.End - entry.Begin} bytes, expected {bytes}.");
        }
        if (entries.Count != expected.Count)
            throw new InvalidDataException($"The weights hold '{entries.Keys.Except(expected.Select(e => e.Name)).First()}', which the model does not have.");
        var tensors = allocate();
        long at = 0;
        foreach (var (name, entry) in entries.OrderBy(e => e.Value.Begin).ThenBy(e => e.Value.End))
        {
            if (entry.Begin != at)
                throw new InvalidDataException($"Weight '{name}' begins at byte {entry.Begin}, expected {at}.");
            at = entry.End;
            Fill(tensors[name], stream, name);
        }
        if (at != dataLength)
            throw new InvalidDataException($"The weights end at byte {at} of {dataLength}.");
    }

    /// <summary>Reads all tensors there are, on the processor; they are the caller's. No more memory is taken than the data have bytes.</summary>
    /// <exception cref="InvalidDataException">The data are cut off, or their header contradicts itself.</exception>
    public static Dictionary<string, Tensor> ReadAll(Stream stream, long length)
    {
        var entries = ReadHeader(stream, length, out long dataLength);
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            long at = 0;
            foreach (var (name, entry) in entries.OrderBy(e => e.Value.Begin).ThenBy(e => e.Value.End))
            {
                var type = s_types.FirstOrDefault(t => TypeName(t).Name == entry.Type, ScalarType.Bool);
                if (type == ScalarType.Bool)
                    throw new InvalidDataException($"Weight '{name}' is {entry.Type}, expected {string.Join(", ", s_types.Select(t => TypeName(t).Name))}.");
                Int128 bytes = TypeName(type).Size;
                foreach (long side in entry.Shape)
                    bytes = side >= 0 && bytes >= 0 && bytes <= dataLength ? bytes * side : -1;
                if (entry.End - entry.Begin != bytes || entry.Begin != at)
                    throw new InvalidDataException($"Weight '{name}' takes the bytes {entry.Begin}..{entry.End} for the shape [{string.Join(", ", entry.Shape)}], expected them from {at} on.");
                at = entry.End;
                tensors[name] = empty(entry.Shape, dtype: type).DetachFromDisposeScope();
                Fill(tensors[name], stream, name);
            }
            return at == dataLength ? tensors : throw new InvalidDataException($"The weights end at byte {at} of {dataLength}.");
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    private static void Fill(Tensor target, Stream stream, string name)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var host = empty(target.shape, dtype: target.dtype);
        try
        {
            stream.ReadExactly(host.bytes);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"The weights are cut off in '{name}'.", error);
        }
        target.copy_(host);
    }

    private static Dictionary<string, Entry> ReadHeader(Stream stream, long length, out long dataLength)
    {
        try
        {
            Span<byte> prefix = stackalloc byte[8];
            stream.ReadExactly(prefix);
            long headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (headerLength < 2 || headerLength > LargestHeader || headerLength > length - 8)
                throw new InvalidDataException($"The weights' header claims {headerLength} bytes of {length}.");
            dataLength = length - 8 - headerLength;
            var text = new byte[headerLength];
            stream.ReadExactly(text);
            using var json = JsonDocument.Parse(text);
            var entries = new Dictionary<string, Entry>();
            foreach (var item in json.RootElement.EnumerateObject())
            {
                if (item.Name == "__metadata__")
                    continue;
                long[] offsets = [.. item.Value.GetProperty("data_offsets").EnumerateArray().Select(v => v.GetInt64())];
                if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > dataLength)
                    throw new InvalidDataException($"Weight '{item.Name}' claims the bytes {string.Join("..", offsets)} of {dataLength}.");
                var entry = new Entry(item.Value.GetProperty("dtype").GetString()!, [.. item.Value.GetProperty("shape").EnumerateArray().Select(v => v.GetInt64())], offsets[0], offsets[1]);
                if (!entries.TryAdd(item.Name, entry))
                    throw new InvalidDataException($"The weights name '{item.Name}' twice.");
            }
            return entries;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or EndOfStreamException)
        {
            throw new InvalidDataException($"The weights' header is damaged: {error.Message}", error);
        }
    }

    private static (string Name, int Size) TypeName(ScalarType type) => type switch
    {
        ScalarType.Float32 => ("F32", 4),
        ScalarType.Float64 => ("F64", 8),
        ScalarType.Int64 => ("I64", 8),
        _ => throw new NotSupportedException($"Weights of type {type} are not saved."),
    };
}

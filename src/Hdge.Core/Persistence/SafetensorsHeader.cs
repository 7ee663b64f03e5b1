using System.Buffers.Binary;
using System.Text.Json;

namespace Hdge.Persistence;

/// <summary>The header of safetensors data: which tensors there are, and where.</summary>
internal sealed class SafetensorsHeader
{
    private const int LargestHeader = 100_000_000; // the format's own limit
    private const int FreeHeader = 1 << 16, MostDimensions = 8;
    private const string Metadata = "__metadata__";

    private SafetensorsHeader(IReadOnlyDictionary<string, Tensor> tensors, long dataLength) => (Tensors, DataLength) = (tensors, dataLength);

    /// <param name="Type">As the format names it: F32, I64 …</param>
    /// <param name="Shape">Its sides.</param>
    /// <param name="Begin">First byte, counted from the end of the header.</param>
    /// <param name="End">Byte behind the last.</param>
    internal sealed record Tensor(string Type, long[] Shape, long Begin, long End);

    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Bytes behind the header.</summary>
    public long DataLength { get; }

    /// <summary>The tensors as they lie in the data.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> InOrder() => Tensors.OrderBy(t => t.Value.Begin).ThenBy(t => t.Value.End);

    /// <param name="stream">The data.</param>
    /// <param name="length">Their length in bytes.</param>
    /// <param name="part">What they are, for messages.</param>
    /// <exception cref="InvalidDataException">The header is damaged, or larger than its data can need: what is made of it takes several times its length.</exception>
    public static SafetensorsHeader Read(Stream stream, long length, string part)
    {
        try
        {
            Span<byte> prefix = stackalloc byte[8];
            stream.ReadExactly(prefix);
            long headerLength = BinaryPrimitives.ReadInt64LittleEndian(prefix), largest = Math.Min(Math.Min(LargestHeader, FreeHeader + length / 4), length - 8);
            if (headerLength < 2 || headerLength > largest)
                throw new InvalidDataException($"{part}: the header claims {headerLength} bytes of {length}, expected 2..{largest}.");
            var text = new byte[headerLength];
            stream.ReadExactly(text);
            return new(Parse(text, length - 8 - headerLength, part), length - 8 - headerLength);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or EndOfStreamException)
        {
            throw new InvalidDataException($"{part}: the header is damaged: {error.Message}", error);
        }
    }

    private static Dictionary<string, Tensor> Parse(ReadOnlySpan<byte> text, long dataLength, string part)
    {
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(text);
        Next(ref json, JsonTokenType.StartObject);
        while (NextName(ref json) is { } name)
        {
            if (name == Metadata)
            {
                json.Skip(); // what others say of their file is of no use here
                continue;
            }
            Next(ref json, JsonTokenType.StartObject);
            (string? type, long[]? shape, long[]? place) = (null, null, null);
            while (NextName(ref json) is { } field)
                switch (field)
                {
                    case "dtype" when type is null:
                        Next(ref json, JsonTokenType.String);
                        type = json.GetString();
                        break;
                    case "shape" when shape is null:
                        shape = Numbers(ref json);
                        break;
                    case "data_offsets" when place is null:
                        place = Numbers(ref json);
                        break;
                    default:
                        throw new InvalidDataException($"{part}: '{name}' has the field '{field}' twice or without need, expected dtype, shape and data_offsets.");
                }
            if (type is null || shape is null || place is null)
                throw new InvalidDataException($"{part}: '{name}' lacks {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}.");
            if (place.Length != 2 || place[0] < 0 || place[1] < place[0] || place[1] > dataLength)
                throw new InvalidDataException($"{part}: '{name}' claims the bytes {string.Join("..", place)} of {dataLength}.");
            if (!tensors.TryAdd(name, new(type, shape, place[0], place[1])))
                throw new InvalidDataException($"{part} names '{name}' twice.");
        }
        if (json.Read())
            throw new JsonException("something follows it");
        return tensors;
    }

    private static string? NextName(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.PropertyName ? json.GetString() : null;
    }

    private static void Next(ref Utf8JsonReader json, JsonTokenType expected)
    {
        if (!json.Read() || json.TokenType != expected)
            throw new JsonException($"byte {json.TokenStartIndex} begins a {json.TokenType}, expected {expected}");
    }

    private static long[] Numbers(ref Utf8JsonReader json)
    {
        Next(ref json, JsonTokenType.StartArray);
        Span<long> numbers = stackalloc long[MostDimensions];
        for (int count = 0; ; count++)
        {
            if (!json.Read() || json.TokenType == JsonTokenType.EndArray)
                return numbers[..count].ToArray();
            if (count == MostDimensions)
                throw new JsonException($"byte {json.TokenStartIndex} is number {count + 1} of a list, expected at most {MostDimensions}");
            numbers[count] = json.GetInt64();
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Hdge.Persistence;

/// <summary>JSON as files hold it: every property is there, once, and null only where its type says so; nothing else is.</summary>
internal static class StrictJson
{
    private const int LargestDepth = 16;

    /// <summary>For people to read: a line a property.</summary>
    public static readonly JsonSerializerOptions Indented = Options(JsonNumberHandling.Strict, indented: true);

    /// <summary>For many numbers, which may be "NaN" or "Infinity".</summary>
    public static readonly JsonSerializerOptions Compact = Options(JsonNumberHandling.AllowNamedFloatingPointLiterals, indented: false);

    /// <param name="json">UTF-8.</param>
    /// <param name="part">What it is, for messages: an entry's or a file's name.</param>
    /// <param name="options">One of the above.</param>
    /// <exception cref="InvalidDataException">It is no JSON of such a value; the message names the part and the field.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, string part, JsonSerializerOptions options) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, options) ?? throw Null();
        }
        catch (KeyNotFoundException unknown) // the file is whole: it names something that the program has to be told of
        {
            throw new InvalidDataException($"{part}: {unknown.Message}", unknown);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Damaged(part, error);
        }
    }

    /// <inheritdoc cref="Read{T}"/>
    /// <param name="json">Read before by the same options.</param>
    /// <param name="type">Of the value.</param>
    /// <param name="part">What it is, for messages.</param>
    /// <param name="options">One of the above.</param>
    public static object Read(JsonElement json, Type type, string part, JsonSerializerOptions options)
    {
        try
        {
            return json.Deserialize(type, options) ?? throw Null();
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Damaged(part, error);
        }
    }

    // All but the first come from constructors and converters: a kind is missing, a number is out of range.
    private static bool IsDamage(Exception error) =>
        error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException or OverflowException or InvalidDataException;

    private static InvalidDataException Null() => new("it holds null, expected an object");

    private static InvalidDataException Damaged(string part, Exception error) => new($"{part} is damaged: {error.Message}", error);

    private static JsonSerializerOptions Options(JsonNumberHandling numbers, bool indented) => new()
    {
        WriteIndented = indented,
        NumberHandling = numbers,
        MaxDepth = LargestDepth,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireAll } },
    };

    /// <summary>What can be read must be there; what follows from the rest is not written.</summary>
    private static void RequireAll(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        for (int i = type.Properties.Count - 1; i >= 0; i--)
            if (type.Properties[i] is { Set: null, AssociatedParameter: null })
                type.Properties.RemoveAt(i);
            else
                type.Properties[i].IsRequired = true;
    }
}

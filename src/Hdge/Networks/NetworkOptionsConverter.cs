using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hdge.Networks;

/// <summary>Network options in a model file: their properties, and first the kind's name (<see cref="NetworkKinds"/>).</summary>
internal sealed class NetworkOptionsConverter : JsonConverter<NetworkOptions>
{
    public const string KindProperty = "Kind";

    public override NetworkOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(ref reader, options)!;
        if (!fields.Remove(KindProperty, out var kind) || kind.ValueKind != JsonValueKind.String)
            throw new InvalidDataException($"The network has no {KindProperty}, expected the name of one.");
        var type = NetworkKinds.TypeOf(kind.GetString()!);
        try
        {
            return (NetworkOptions)JsonSerializer.SerializeToElement(fields).Deserialize(type, options)!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The network: {error.Message}", error);
        }
    }

    public override void Write(Utf8JsonWriter writer, NetworkOptions value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(KindProperty, NetworkKinds.NameOf(value.GetType()));
        foreach (var property in JsonSerializer.SerializeToElement(value, value.GetType(), options).EnumerateObject())
            property.WriteTo(writer);
        writer.WriteEndObject();
    }
}

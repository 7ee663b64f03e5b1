using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hdge.Networks;

/// <summary>Network options in a model file: their properties, and first the kind's name (<see cref="NetworkKinds"/>).</summary>
internal sealed class NetworkOptionsConverter : JsonConverter<NetworkOptions>
{
    public const string KindProperty = "Kind";

    public override NetworkOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var network = JsonDocument.ParseValue(ref reader);
        if (network.RootElement.ValueKind != JsonValueKind.Object || !network.RootElement.TryGetProperty(KindProperty, out var kind) || kind.ValueKind != JsonValueKind.String)
            throw new InvalidDataException($"the network has no {KindProperty}, expected an object with the name of one");
        var type = NetworkKinds.TypeOf(kind.GetString()!);
        // All but the kind, as it stands: what is there twice is refused below, by name.
        using var rest = new MemoryStream();
        using (var writer = new Utf8JsonWriter(rest))
        {
            writer.WriteStartObject();
            foreach (var property in network.RootElement.EnumerateObject())
                if (property.Name != KindProperty)
                    property.WriteTo(writer);
            writer.WriteEndObject();
        }
        try
        {
            return (NetworkOptions)JsonSerializer.Deserialize(rest.ToArray(), type, options)!;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"the network: {error.Message}", error);
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

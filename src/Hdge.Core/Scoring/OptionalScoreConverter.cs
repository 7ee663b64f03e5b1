using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hdge.Detection;

/// <summary>A score in JSON that may be null.</summary>
internal sealed class OptionalScoreConverter : JsonConverter<DetectionScore?>
{
    private static readonly DetectionScoreConverter s_named = new();

    public override bool HandleNull => true;

    public override DetectionScore? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : s_named.Read(ref reader, typeToConvert, options);

    public override void Write(Utf8JsonWriter writer, DetectionScore? value, JsonSerializerOptions options) => writer.WriteStringValue(value?.Name);
}

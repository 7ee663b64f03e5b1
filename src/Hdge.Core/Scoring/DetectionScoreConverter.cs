using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hdge.Detection;

/// <summary>A score in JSON is its name, as a value or as the name of a property.</summary>
internal sealed class DetectionScoreConverter : JsonConverter<DetectionScore>
{
    public override bool HandleNull => true; // else null would slip into lists

    public override DetectionScore Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && DetectionScore.IsName(reader.GetString()!) ? DetectionScore.Of(reader.GetString()!) : throw new JsonException(); // .NET's message has the path

    public override void Write(Utf8JsonWriter writer, DetectionScore value, JsonSerializerOptions options) => writer.WriteStringValue(value?.Name);

    public override DetectionScore ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DetectionScore.IsName(reader.GetString()!) ? DetectionScore.Of(reader.GetString()!) : throw new JsonException();

    public override void WriteAsPropertyName(Utf8JsonWriter writer, DetectionScore value, JsonSerializerOptions options) => writer.WritePropertyName(value.Name);
}

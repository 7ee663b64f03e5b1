using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hdge.Persistence;

/// <summary>Numbers in JSON. Counted before memory is taken: .NET's own converter makes a list that grows, six times as long as the shortest text.</summary>
internal sealed class SinglesConverter : JsonConverter<ReadOnlyMemory<float>>
{
    public override ReadOnlyMemory<float> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        int count = 0;
        for (var ahead = reader; ahead.Read() && ahead.TokenType != JsonTokenType.EndArray; count++)
            if (ahead.TokenType != JsonTokenType.Number)
                throw new JsonException();
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            reader.Read();
            values[i] = reader.GetSingle();
        }
        reader.Read();
        return values;
    }

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<float> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (float number in value.Span)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}

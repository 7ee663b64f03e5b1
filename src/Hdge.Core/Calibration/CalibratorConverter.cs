using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hdge.Persistence;

namespace Hdge.Calibration;

/// <summary>
/// A calibrator in JSON is an object: "method", the registered name in lower case, then the public properties that its constructor takes. Which class reads it is found by
/// the name, so methods registered by users are read like the built-in ones.
/// </summary>
internal sealed class CalibratorConverter : JsonConverter<Calibrator>
{
    private const string Discriminator = "method";

    private static readonly JsonSerializerOptions s_state = new(StrictJson.Compact) { TypeInfoResolver = StrictJson.Compact.TypeInfoResolver!.WithAddedModifier(AddMethod) };

    /// <exception cref="JsonException">It is no object, or names no method.</exception>
    /// <exception cref="KeyNotFoundException">The method is not registered.</exception>
    public override Calibrator Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string method = Method(reader) ?? throw new JsonException($"it names no \"{Discriminator}\"");
        var type = CalibrationMethod.Find(method)?.CalibratorType ?? throw new KeyNotFoundException(CalibrationMethod.Unknown(method));
        return (Calibrator)JsonSerializer.Deserialize(ref reader, type, s_state)!;
    }

    public override void Write(Utf8JsonWriter writer, Calibrator value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, value.GetType(), s_state);

    /// <summary>Looks ahead: the reader is a copy.</summary>
    private static string? Method(Utf8JsonReader ahead)
    {
        if (ahead.TokenType != JsonTokenType.StartObject)
            return null;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            bool found = ahead.ValueTextEquals(Discriminator);
            ahead.Read();
            if (found)
                return ahead.TokenType == JsonTokenType.String ? ahead.GetString() : null;
            ahead.Skip();
        }
        return null;
    }

    private static void AddMethod(JsonTypeInfo type)
    {
        if (!type.Type.IsSubclassOf(typeof(Calibrator)))
            return;
        var method = type.CreateJsonPropertyInfo(typeof(string), Discriminator);
        (method.Order, method.IsRequired) = (int.MinValue, true);
        method.Get = calibrator => ((Calibrator)calibrator).Method.Name.ToLowerInvariant();
        method.Set = (_, _) => { };
        type.Properties.Add(method);
    }
}

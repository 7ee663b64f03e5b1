using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hdge.Objectives;
using Hdge.Persistence;

namespace Hdge.Cli;

/// <summary>JSON files that appear only when they are whole.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(), new ObjectiveWriter() },
    };

    public static void Write<T>(string path, T value) => WriteText(path, JsonSerializer.Serialize(value, s_options));

    /// <exception cref="InvalidDataException">It is not JSON of such a value.</exception>
    public static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), s_options) ?? throw new InvalidDataException($"'{path}' holds null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' does not hold a {typeof(T).Name}: {error.Message}", error);
        }
    }

    public static void WriteText(string path, string text) => WholeFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>An objective's options with their type's name.</summary>
    private sealed class ObjectiveWriter : JsonConverter<ObjectiveOptions>
    {
        public override ObjectiveOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ObjectiveOptions value, JsonSerializerOptions options)
        {
            var node = JsonSerializer.SerializeToNode(value, value.GetType(), options)!.AsObject();
            node.Insert(0, "kind", value.GetType().Name.Replace("Options", "", StringComparison.Ordinal));
            node.WriteTo(writer, options);
        }
    }
}

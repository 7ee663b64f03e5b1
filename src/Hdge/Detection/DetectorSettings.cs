using System.Text.Json;
using Hdge.Persistence;

namespace Hdge.Detection;

/// <summary>A detector's settings as JSON: its properties that can be set.</summary>
internal static class DetectorSettings
{
    /// <exception cref="ArgumentException">They cannot be written.</exception>
    public static JsonElement Write(Detector detector)
    {
        try
        {
            return JsonSerializer.SerializeToElement(detector, detector.GetType(), StrictJson.Indented);
        }
        catch (Exception error) when (error is NotSupportedException or ArgumentException or InvalidOperationException or JsonException)
        {
            throw new ArgumentException($"The settings of {detector.GetType().Name} cannot be saved as JSON, expected properties of plain types: {error.Message}", error);
        }
    }

    /// <exception cref="InvalidDataException">They are damaged or out of range.</exception>
    public static Detector Read(Detector known, JsonElement json, string part)
    {
        var detector = (Detector)StrictJson.Read(json, known.GetType(), part, StrictJson.Indented);
        try
        {
            detector.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{part} is out of range: {error.Message}", error);
        }
        return detector;
    }

    /// <summary>Before a detector is used: what cannot be saved is refused before anything is fitted or trained.</summary>
    /// <exception cref="ArgumentException">A setting is out of range, or what is written cannot be read.</exception>
    public static void Check(Detector detector)
    {
        detector.Validate();
        try
        {
            Read(detector, Write(detector), detector.GetType().Name);
        }
        catch (InvalidDataException error)
        {
            throw new ArgumentException($"The settings of {detector.GetType().Name} cannot be read back from JSON, expected a public constructor without parameters and properties of plain types: {error.Message}", error);
        }
    }
}

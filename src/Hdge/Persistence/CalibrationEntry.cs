using System.IO.Compression;
using System.Text.Json;
using Hdge.Calibration;

namespace Hdge.Persistence;

/// <summary>calibration.json: what the held-out images taught beside the temperature. Files without it have a temperature and no prediction sets.</summary>
internal sealed record CalibrationEntry(Calibrator Calibrator, ConformalPredictor? PredictionSets)
{
    private const string Name = "calibration.json";
    private const long Largest = 1 << 28; // matrix scaling of 4,000 classes

    public static void Write(HdgeModel model, ZipArchive zip)
    {
        using var entry = zip.CreateEntry(Name).Open();
        JsonSerializer.Serialize(entry, new CalibrationEntry(model.Calibrator, model.PredictionSets));
    }

    /// <exception cref="InvalidDataException">The entry is damaged or does not fit the description.</exception>
    public static CalibrationEntry Read(ZipArchive zip, ModelDescription description)
    {
        if (zip.GetEntry(Name) is not { } entry)
            return new(new TemperatureCalibrator(description.ClassCount, description.Temperature), null);
        if (entry.Length > Largest)
            throw new InvalidDataException($"{Name} has {entry.Length} bytes, expected at most {Largest}.");
        try
        {
            using var text = entry.Open();
            var read = JsonSerializer.Deserialize<CalibrationEntry>(text);
            if (read?.Calibrator is null)
                throw new InvalidDataException($"{Name} is damaged: it has no calibrator.");
            int found = read.Calibrator.ClassCount != description.ClassCount ? read.Calibrator.ClassCount : read.PredictionSets?.ClassCount ?? description.ClassCount;
            return found == description.ClassCount ? read : throw new InvalidDataException($"{Name} is for {found} classes, the model has {description.ClassCount}.");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException) // the latter where the method is missing
        {
            throw new InvalidDataException($"{Name} is damaged: {error.Message}", error);
        }
    }
}

using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>The file of a model: a zip of model.json, weights.safetensors and what <see cref="CalibrationEntry"/> and <see cref="DetectorFile"/> add.</summary>
internal static class ModelFile
{
    private const string DescriptionEntry = "model.json", WeightsEntry = "weights.safetensors";
    private const long LargestDescription = 1 << 20;

    internal static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public static void Write(HdgeModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string partial = path + ".partial";
        try
        {
            using (var file = File.Create(partial))
            {
                Write(model, file);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    public static void Write(HdgeModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        using (var entry = zip.CreateEntry(DescriptionEntry).Open())
            JsonSerializer.Serialize(entry, ModelDescription.Of(model), Json);
        CalibrationEntry.Write(model, zip);
        using (var entry = zip.CreateEntry(WeightsEntry, CompressionLevel.NoCompression).Open()) // weights hardly shrink
            Safetensors.Write(model.Network.state_dict(), entry);
        using var held = model.HoldDetectors(out var detectors);
        DetectorFile.Write(detectors, zip);
    }

    public static HdgeModel Read(Stream stream, Device device)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ZipArchive zip;
        try
        {
            zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"This is no model file, or it is cut off: {error.Message}", error);
        }
        using (zip)
            return Read(zip, device);
    }

    private static HdgeModel Read(ZipArchive zip, Device device)
    {
        var description = ReadJson<ModelDescription>(Entry(zip, DescriptionEntry));
        var shape = description.Validate();
        var expected = description.Network.WeightShapes(shape, description.ClassCount)
            .Select(w => (w.Name, w.Shape.Length == 0 ? ScalarType.Int64 : ScalarType.Float32, w.Shape)).ToList();
        var entry = Entry(zip, WeightsEntry);
        Backbone? network = null;
        HdgeModel? model = null;
        try
        {
            using (var weights = entry.Open())
                Safetensors.Read(weights, entry.Length, expected, () =>
                {
                    network = description.Network.Create(shape, description.ClassCount);
                    return network.state_dict();
                });
            var calibration = CalibrationEntry.Read(zip, description);
            model = new HdgeModel(network!, description.Scaling, device)
            {
                Calibrator = calibration.Calibrator,
                PredictionSets = calibration.PredictionSets,
                DensityThreshold = description.DensityThreshold ?? double.NegativeInfinity,
            };
            DetectorFile.Read(model, zip);
            return model;
        }
        catch
        {
            model?.Dispose();
            network?.Dispose();
            throw;
        }
    }

    internal static T ReadJson<T>(ZipArchiveEntry entry) where T : class
    {
        if (entry.Length > LargestDescription)
            throw new InvalidDataException($"{entry.Name} has {entry.Length} bytes, expected at most {LargestDescription}.");
        try
        {
            using var text = entry.Open();
            return JsonSerializer.Deserialize<T>(text, Json) ?? throw new InvalidDataException($"{entry.Name} is empty.");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException) // the latter where the network's kind is missing
        {
            throw new InvalidDataException($"{entry.Name} is damaged: {error.Message}", error);
        }
    }

    internal static ZipArchiveEntry Entry(ZipArchive zip, string name) =>
        zip.GetEntry(name) ?? throw new InvalidDataException($"The model file has no '{name}'.");
}

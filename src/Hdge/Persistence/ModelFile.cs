using Hdge.Networks;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>The file of a model (docs/model-file.md): a zip of manifest.json, model.json, weights.safetensors and what <see cref="CalibrationEntry"/> and <see cref="DetectorFile"/> add.</summary>
internal static class ModelFile
{
    /// <summary>Most bytes of an entry that describes, but for the calibration's.</summary>
    public const long LargestDescription = 1 << 26; // four numbers a feature

    private const string DescriptionEntry = "model.json", WeightsEntry = "weights.safetensors";

    public static void Write(HdgeModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, file => Write(model, file));
    }

    public static void Write(HdgeModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var weights = model.Network.state_dict();
        Safetensors.RequireFinite(weights);
        using var file = new ModelFileWriter(stream);
        using var held = model.HoldDetectors(out var detectors);
        file.WriteJson(DescriptionEntry, ModelDescription.Of(model, detectors.Decision), StrictJson.Indented);
        new CalibrationEntry(detectors.Calibrator!, model.PredictionSets).Write(file);
        file.WriteTensors(WeightsEntry, weights);
        DetectorFile.Write(detectors, file);
        file.Finish();
    }

    /// <param name="path">The file.</param>
    /// <param name="device">Where the model shall score; null takes a GPU when there is one.</param>
    public static HdgeModel Read(string path, string? device) => Named(path, stream => Read(stream, device));

    /// <summary>Reads a file; where it is damaged the message names it.</summary>
    public static T Named<T>(string path, Func<Stream, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        return Named(path, stream, read);
    }

    /// <summary>Reads what came from that file.</summary>
    public static T Named<T>(string path, Stream stream, Func<Stream, T> read)
    {
        try
        {
            return read(stream);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The model file '{path}' cannot be read. {error.Message}", error);
        }
    }

    /// <inheritdoc cref="Read(string, string?)"/>
    public static HdgeModel Read(Stream stream, string? device)
    {
        Libtorch.EnsureLoaded();
        using var on = Autograd.On();
        return Read(stream, Devices.Resolve(device));
    }

    /// <inheritdoc cref="Read(string, string?)"/>
    public static HdgeModel Read(Stream stream, Device device)
    {
        using var file = ModelFileReader.Open(stream);
        return Read(file, device);
    }

    private static HdgeModel Read(ModelFileReader file, Device device)
    {
        if (file.Has(EnsembleFile.DescriptionEntry))
            throw new InvalidDataException($"The file holds an ensemble of models, expected one alone: {nameof(HdgeEnsemble)}.{nameof(HdgeEnsemble.Load)} reads it.");
        var description = file.ReadJson<ModelDescription>(DescriptionEntry, StrictJson.Indented, LargestDescription);
        var shape = description.Validate(DescriptionEntry);
        var expected = description.Network.WeightShapes(shape, description.ClassCount);
        Backbone? network = null;
        HdgeModel? model = null;
        try
        {
            file.ReadTensors(WeightsEntry, expected, () =>
            {
                network = description.Network.Create(shape, description.ClassCount);
                return network.state_dict();
            }, description.Network.FewestWeights);
            if (description.ScoringPrecision == Precision.Mixed && !network!.IsFlexible)
                throw new InvalidDataException($"{DescriptionEntry}: {nameof(description.ScoringPrecision)} is {Precision.Mixed}, expected {Precision.Single}: the layers of {description.Network.GetType().Name} take 32-bit floating point alone.");
            if (description.FlipAveraging && !description.Network.TakesMirrorImages)
                throw new InvalidDataException($"{DescriptionEntry}: {nameof(description.FlipAveraging)} is true, expected false with {description.Network.GetType().Name}.");
            var calibration = CalibrationEntry.Read(file, description.ClassCount, description.Decision.Score);
            model = new HdgeModel(network!, description.Scaling, device, description.ScoringPrecision, description.FlipAveraging)
            {
                Calibrator = calibration.Calibrator,
                PredictionSets = calibration.PredictionSets,
                Decision = description.Decision,
                TrainedRange = description.TrainedRange,
                IsUnlabelled = description.Unlabelled,
                Training = description.CheckedTraining(DescriptionEntry),
            };
            DetectorFile.Read(model, file);
            if (!model.Detectors.Available.Contains(model.Decision.Score))
                throw new InvalidDataException($"The model decides by {model.Decision.Score}, but what is saved only gives {string.Join(", ", model.Detectors.Available)}.");
            file.RequireAllRead();
            return model;
        }
        catch
        {
            model?.Dispose();
            network?.Dispose();
            throw;
        }
    }
}

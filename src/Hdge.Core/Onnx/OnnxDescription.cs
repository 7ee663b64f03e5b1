using System.Text.Json;
using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Persistence;

namespace Hdge.Onnx;

/// <summary>What an ONNX file tells of its model beside the graph, as JSON in its metadata: all that scoring needs which is no arithmetic of tensors.</summary>
internal sealed record OnnxDescription
{
    public const int CurrentVersion = 1;

    public required int FormatVersion { get; init; }
    public required int Channels { get; init; }
    public required int Height { get; init; }
    public required int Width { get; init; }
    public required int ClassCount { get; init; }

    /// <summary>Name of the network, for people.</summary>
    public required string Network { get; init; }

    /// <summary>Whether the network takes vectors of features and not images.</summary>
    public required bool TakesFeatures { get; init; }

    public required OnnxInput Input { get; init; }
    public required OnnxPrecision Precision { get; init; }

    /// <summary>Factor that brings floating-point values to the units of <see cref="TrainedRange"/>. The graph applies it itself.</summary>
    public required float Scale { get; init; }

    public required Decision Decision { get; init; }
    public required PixelRange? TrainedRange { get; init; }
    public required Calibrator Calibrator { get; init; }
    public required ConformalPredictor? PredictionSets { get; init; }
    public required OnnxColumns Columns { get; init; }

    public ImageShape Shape() => new(Channels, Height, Width);

    public string ToJson() => JsonSerializer.Serialize(this, StrictJson.Compact);

    /// <exception cref="InvalidDataException">It is no description, of another version, or a value is out of range.</exception>
    public static OnnxDescription Read(ReadOnlySpan<byte> json)
    {
        var read = StrictJson.Read<OnnxDescription>(json, "The description in the ONNX file", StrictJson.Compact);
        Valid(read.FormatVersion == CurrentVersion, nameof(FormatVersion), read.FormatVersion, $"{CurrentVersion}, the one that this program reads");
        Valid(read.ClassCount >= 2, nameof(ClassCount), read.ClassCount, "at least 2");
        Valid(float.IsFinite(read.Scale) && read.Scale != 0, nameof(Scale), read.Scale, "a finite number other than 0");
        Valid(Enum.IsDefined(read.Input), nameof(Input), read.Input, "Single or Byte");
        Valid(Enum.IsDefined(read.Precision), nameof(Precision), read.Precision, "Single or Int8");
        try
        {
            read.Shape();
            read.Columns.Photos?.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"The description in the ONNX file is out of range: {error.Message}", error);
        }
        read.Decision.Validate();
        read.TrainedRange?.Validate(read.Channels);
        Valid(read.Calibrator.ClassCount == read.ClassCount, nameof(Calibrator), read.Calibrator.ClassCount, $"one for {read.ClassCount} classes");
        Valid(read.PredictionSets is null || read.PredictionSets.ClassCount == read.ClassCount, nameof(PredictionSets), read.PredictionSets?.ClassCount ?? 0, $"some for {read.ClassCount} classes");
        Valid(read.Columns.Labels is not { } labels || labels.Texts.Length == read.ClassCount, "Labels", read.Columns.Labels?.Texts.Length ?? 0, $"{read.ClassCount} values, one a class");
        return read;

        static void Valid(bool valid, string name, object found, string expected)
        {
            if (!valid)
                throw new InvalidDataException(FormattableString.Invariant($"The description in the ONNX file: {name} is {found}, expected {expected}."));
        }
    }
}

/// <summary>Names of the columns, which are the graph's input (the feature) and outputs, how pictures become images where the feature may be one, and what the classes stand for where that is known.</summary>
internal sealed record OnnxColumns(string Feature, string PredictedLabel, string Score, string LogDensity, string Confidence, string IsInDistribution, string DetectionScore, string? CalibratedScore,
    string? PredictionSet, PhotoOptions? Photos, OutOfRangeAction OutOfRange, OnnxLabels? Labels)
{
    public const string DefaultCalibratedScore = "CalibratedScore", DefaultPredictionSet = "PredictionSet", Logits = "logits", Features = "features";

    public static OnnxColumns Default { get; } = new("Features", "PredictedLabel", "Score", "LogDensity", "Confidence", "IsInDistribution", "DetectionScore", null, null, new(), OutOfRangeAction.Flag, null);

    /// <summary>The calibrated probabilities' output: it is there whether or not it is a column.</summary>
    public string CalibratedOutput() => CalibratedScore ?? DefaultCalibratedScore;

    /// <summary>The prediction sets' output.</summary>
    public string SetOutput() => PredictionSet ?? DefaultPredictionSet;

    /// <summary>All names of the graph's input and outputs.</summary>
    public string[] Names() => [Feature, PredictedLabel, Score, LogDensity, Confidence, IsInDistribution, DetectionScore, CalibratedOutput(), SetOutput(), Logits, Features];
}

/// <summary>Class labels as text, and the type that they had.</summary>
/// <param name="Type">Name of the type: "Text", "Int32" and so on.</param>
/// <param name="Texts">One a class.</param>
internal sealed record OnnxLabels(string Type, string[] Texts);

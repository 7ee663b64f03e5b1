using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;

namespace Hdge.Persistence;

/// <summary>What model.json holds: everything about a model but its weights.</summary>
internal sealed record ModelDescription
{
    public const int CurrentVersion = 2;

    public required int FormatVersion { get; init; }
    public required int Channels { get; init; }
    public required int Height { get; init; }
    public required int Width { get; init; }
    public required int ClassCount { get; init; }
    public required NetworkOptions Network { get; init; }
    public required PixelScaling Scaling { get; init; }
    public required double Temperature { get; init; }

    public required Decision Decision { get; init; }

    /// <summary>Null for a model that was never trained.</summary>
    public required PixelRange? TrainedRange { get; init; }

    public static ModelDescription Of(HdgeModel model) => new()
    {
        FormatVersion = CurrentVersion,
        Channels = model.InputShape.Channels,
        Height = model.InputShape.Height,
        Width = model.InputShape.Width,
        ClassCount = model.ClassCount,
        Network = model.NetworkOptions,
        Scaling = model.Scaling,
        Temperature = model.Temperature,
        Decision = model.Decision,
        TrainedRange = model.TrainedRange,
    };

    /// <exception cref="InvalidDataException">A value is out of range, or the version is newer than this program.</exception>
    public ImageShape Validate()
    {
        if (FormatVersion != CurrentVersion)
            throw new InvalidDataException($"The model has format version {FormatVersion}; this program reads version {CurrentVersion}.");
        if (ClassCount < 2)
            throw new InvalidDataException($"The model has {ClassCount} classes, expected at least 2.");
        if (!(Temperature > 0 && double.IsFinite(Temperature)))
            throw new InvalidDataException($"The model's temperature is {Temperature}, expected a finite number above 0.");
        if (Decision is null)
            throw new InvalidDataException("The model's decision is missing.");
        Decision.Validate();
        TrainedRange?.Validate(Channels);
        try
        {
            var shape = new ImageShape(Channels, Height, Width);
            Network.Validate(shape);
            Scaling.Validate(Channels);
            return shape;
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"The model's description is out of range: {error.Message}", error);
        }
    }
}

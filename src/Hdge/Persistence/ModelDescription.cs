using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Persistence;

/// <summary>What model.json holds: everything about a model but its weights.</summary>
internal sealed record ModelDescription
{
    public required int Channels { get; init; }
    public required int Height { get; init; }
    public required int Width { get; init; }
    public required int ClassCount { get; init; }
    public required NetworkOptions Network { get; init; }
    public required PixelScaling Scaling { get; init; }

    /// <summary>Whether it was trained without labels: then it has no classes, whatever the network's last layer says.</summary>
    public required bool Unlabelled { get; init; }

    /// <summary>What it scores in, and was calibrated in: never Auto.</summary>
    public required Precision ScoringPrecision { get; init; }

    /// <summary>Whether it scores an image as the mean of it and its mirror image.</summary>
    public required bool FlipAveraging { get; init; }

    public required Decision Decision { get; init; }

    /// <summary>Null for a model that was never trained.</summary>
    public required PixelRange? TrainedRange { get; init; }

    /// <summary>Null for a model that was never trained.</summary>
    public required TrainingFacts? Training { get; init; }

    public static ModelDescription Of(HdgeModel model, Decision decision) => new()
    {
        Channels = model.InputShape.Channels,
        Height = model.InputShape.Height,
        Width = model.InputShape.Width,
        ClassCount = model.ClassCount,
        Network = model.NetworkOptions,
        Scaling = model.Scaling,
        Unlabelled = model.IsUnlabelled,
        ScoringPrecision = model.ScoringPrecision,
        FlipAveraging = model.FlipAveraging,
        Decision = decision,
        TrainedRange = model.TrainedRange,
        Training = model.Training,
    };

    /// <summary>What it was trained on; looked at after the weights, whose shapes say more plainly where a number of classes is wrong.</summary>
    /// <param name="entry">Name of the entry, for messages.</param>
    /// <exception cref="InvalidDataException">A value is out of range.</exception>
    public TrainingFacts? CheckedTraining(string entry)
    {
        try
        {
            Training?.Validate(ClassCount);
            return Training;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{entry}: {error.Message}", error);
        }
    }

    /// <param name="entry">Name of the entry, for messages.</param>
    /// <exception cref="InvalidDataException">A value is out of range.</exception>
    public ImageShape Validate(string entry)
    {
        if (ClassCount < 2)
            throw new InvalidDataException($"{entry}: {nameof(ClassCount)} is {ClassCount}, expected at least 2.");
        if (ScoringPrecision is not (Precision.Single or Precision.Mixed))
            throw new InvalidDataException($"{entry}: {nameof(ScoringPrecision)} is {ScoringPrecision}, expected {Precision.Single} or {Precision.Mixed}.");
        try
        {
            Decision.Validate();
            TrainedRange?.Validate(Channels);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{entry}: {error.Message}", error);
        }
        try
        {
            var shape = new ImageShape(Channels, Height, Width);
            Network.Validate(shape);
            Scaling.Validate(Channels);
            return shape;
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{entry} is out of range: {error.Message}", error);
        }
    }
}

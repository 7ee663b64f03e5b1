using Hdge.Data;
using Hdge.Networks;

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

    /// <summary>Null for −∞, which JSON cannot say.</summary>
    public required double? DensityThreshold { get; init; }

    public static ModelDescription Of(HdgeModel model) => new()
    {
        Channels = model.InputShape.Channels,
        Height = model.InputShape.Height,
        Width = model.InputShape.Width,
        ClassCount = model.ClassCount,
        Network = model.NetworkOptions,
        Scaling = model.Scaling,
        DensityThreshold = double.IsNegativeInfinity(model.DensityThreshold) ? null : model.DensityThreshold,
    };

    /// <param name="entry">Name of the entry, for messages.</param>
    /// <exception cref="InvalidDataException">A value is out of range.</exception>
    public ImageShape Validate(string entry)
    {
        if (ClassCount < 2)
            throw new InvalidDataException($"{entry}: {nameof(ClassCount)} is {ClassCount}, expected at least 2.");
        if (DensityThreshold is { } threshold && !double.IsFinite(threshold))
            throw new InvalidDataException(FormattableString.Invariant($"{entry}: {nameof(DensityThreshold)} is {threshold}, expected a finite number or null."));
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

using Hdge.Data;

namespace Hdge.Onnx;

/// <summary>How a model is exported to ONNX.</summary>
public sealed record OnnxOptions
{
    internal const int OldestOpset = 11, OldestForInt8 = 13, NewestOpset = 17, FewestImages = 200;

    /// <summary>Version of ONNX's operators. Default 17. Range 11..17, with <see cref="OnnxPrecision.Int8"/> 13..17.</summary>
    public int Opset { get; init; } = NewestOpset;

    /// <summary>What the graph's input holds. Default <see cref="OnnxInput.Single"/>.</summary>
    public OnnxInput Input { get; init; }

    /// <summary>In which numbers the network computes. Default <see cref="OnnxPrecision.Single"/>.</summary>
    public OnnxPrecision Precision { get; init; }

    /// <summary>
    /// For <see cref="OnnxPrecision.Int8"/>: at least 200 labelled images that the model was not trained on. They tell the range of every layer's values; then calibrator, decision and
    /// prediction sets are fitted anew to what the rounded network says of them. Default null.
    /// </summary>
    public ImageSet? CalibrationImages { get; init; }

    /// <summary>For <see cref="OnnxPrecision.Int8"/>: share of the calibration images that the decision keeps, (0, 1]. Default 0.95.</summary>
    public double InDistributionRate { get; init; } = 0.95;

    /// <summary>Names of the classes, one a class, for whoever reads the file. Default null: their numbers from 0 on.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Checks the values for a model.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message says which, what was found and what was expected.</exception>
    internal void Validate(HdgeModel model)
    {
        Argument.Require(Enum.IsDefined(Input), Input, "Single or Byte");
        Argument.Require(Enum.IsDefined(Precision), Precision, "Single or Int8");
        int oldest = Precision == OnnxPrecision.Int8 ? OldestForInt8 : OldestOpset;
        Argument.Require(Opset >= oldest && Opset <= NewestOpset, Opset, $"{oldest}..{NewestOpset}{(oldest == OldestForInt8 ? " for Int8" : "")}");
        Argument.Require(InDistributionRate > 0 && InDistributionRate <= 1, InDistributionRate, "in (0, 1]");
        if (Input == OnnxInput.Byte && model.NetworkOptions.TakesFeatures)
            throw new ArgumentException($"{nameof(Input)} is {Input}, but the network takes features, expected {OnnxInput.Single}.");
        if (ClassNames is { } names && (names.Count != model.ClassCount || names.Contains(null!)))
            throw new ArgumentException($"{nameof(ClassNames)} has {names.Count} names, expected {model.ClassCount}, one a class.");
        if (Precision != OnnxPrecision.Int8)
            return;
        if (CalibrationImages is not { } images)
            throw new ArgumentException($"{nameof(Precision)} is {Precision} and {nameof(CalibrationImages)} is null, expected at least {FewestImages} labelled images that the model was not trained on.");
        if (images.Count < FewestImages || images.Shape != model.InputShape || images.ClassCount > model.ClassCount)
            throw new ArgumentException($"{nameof(CalibrationImages)} are {images}, expected at least {FewestImages} of {model.InputShape} in {model.ClassCount} classes: fewer say too little of the range of a layer's values.");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

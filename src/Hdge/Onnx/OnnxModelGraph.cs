using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Onnx;

/// <summary>A whole model as a graph: from the values of images to all columns. What follows the logits is computed in double precision, as scoring does it.</summary>
/// <param name="graph">Takes the graph.</param>
/// <param name="model">The model.</param>
internal sealed class OnnxModelGraph(OnnxGraph graph, HdgeModel model)
{
    /// <summary>What the graph gives, [N, 1] or [N, C]: the predicted label is a UInt32 from 1 on, as keys count; there are no sets where the model makes none.</summary>
    internal sealed record Outputs(OnnxValue PredictedLabel, OnnxValue Score, OnnxValue LogDensity, OnnxValue Confidence, OnnxValue IsInDistribution, OnnxValue DetectionScore, OnnxValue Calibrated,
        OnnxValue? Sets, OnnxValue Logits, OnnxValue Features);

    /// <summary>What was fitted to held-out images.</summary>
    internal sealed record Fitted(Calibrator Calibrator, Decision Decision, ConformalPredictor? PredictionSets);

    /// <summary>What a graph gives of images without labels, [N, d] and [N, 1]; no score and no decision where that score has no graph.</summary>
    internal sealed record Representations(OnnxValue Representation, OnnxValue LogLikelihood, OnnxValue? IsInDistribution, OnnxValue? DetectionScore);

    /// <summary>What the network makes of its input [N, channels, height, width].</summary>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    public OnnxNetwork Network(OnnxValue input)
    {
        if (model.FlipAveraging)
            throw new NotSupportedException($"The model cannot be exported to ONNX: it scores an image as the mean of it and its mirror image, expected one trained with {nameof(TrainingOptions.FlipAveraging)} false.");
        if (model.ScoringPrecision == Precision.Mixed)
            throw new NotSupportedException($"The model cannot be exported to ONNX: its calibrator and its decision belong to mixed precision, expected one trained with {nameof(TrainingOptions.ScoringPrecision)} {Precision.Single}.");
        var network = model.Network;
        var read = graph.Activation(input);
        var (features, likelihood) = network is PixelTransformer pixels ? pixels.Export(graph, read) : (network.ExportFeatures(graph, read), null);
        if (features is null)
            throw new NotSupportedException($"The model cannot be exported to ONNX: its network {network.Options} ({network.GetType().Name}) has no graph, {nameof(Backbone)}.{nameof(network.ExportFeatures)} gives none.");
        string last = network.state_dict().First(w => w.Value.Handle == network.Classifier.weight.Handle).Key;
        return new(features, graph.Classifier(features, last[..^".weight".Length]), likelihood);
    }

    /// <summary>Values as network input.</summary>
    private OnnxValue Scaled(OnnxValue singles, OnnxInput input)
    {
        var (shape, scaling) = (model.InputShape, model.Scaling);
        var channels = Enumerable.Range(0, shape.Channels).Select(c => input == OnnxInput.Byte ? scaling.ForBytes(c) : scaling.ForSingles(c)).ToArray();
        long[] sides = shape.IsVector ? [1, shape.Channels] : [1, shape.Channels, 1, 1];
        var scaled = graph.Add(graph.Multiply(singles, graph.Constant<float>([.. channels.Select(c => c.Multiplier)], sides)), graph.Constant<float>([.. channels.Select(c => c.Offset)], sides));
        return shape.IsVector ? graph.Reshape(scaled, 0, shape.Channels, 1, 1) : scaled;
    }

    /// <summary>All that scoring says of values as the graph's input holds them.</summary>
    /// <exception cref="NotSupportedException">The network, the calibrator or the detector cannot be exported.</exception>
    public Outputs Build(OnnxValue values, OnnxInput input, Fitted fitted)
    {
        int classes = model.ClassCount;
        var singles = input == OnnxInput.Byte ? graph.Cast<float>(values) : values;
        using var held = model.HoldDetectors(out var detectors);
        var network = Network(Scaled(singles, input));
        var logits = network.Logits;
        var detection = new OnnxDetection(graph, network, fitted.Calibrator.DetectionTemperature, detectors);
        var best = graph.Node("ArgMax", [logits], ("axis", 1L), ("keepdims", 1L));
        var score = graph.Cast<float>(graph.Softmax(detection.Logits));
        var detected = detection.Scores(fitted.Decision.Score);
        var calibrated = OnnxCalibration.Export(graph, fitted.Calibrator, detection.Logits, detected);
        var nothing = graph.RowSum(graph.Multiply(detection.Logits, graph.Constant(0.0))); // NaN where a logit is not finite
        var kept = Keeps(fitted.Decision, detected, nothing, singles, input);
        return new(
            graph.Cast<uint>(graph.Add(best, graph.Constant(1L))),
            score,
            detection.Scores(DetectionScore.LogDensity),
            graph.Node("GatherElements", [calibrated, best], ("axis", 1L)),
            kept,
            detected,
            calibrated,
            fitted.PredictionSets is { } sets ? OnnxSets.Export(graph, sets, score, best) : null,
            logits,
            network.Features);
    }

    /// <summary>All that a model without labels says of values as the graph's input holds them.</summary>
    /// <exception cref="NotSupportedException">The network cannot be exported.</exception>
    public Representations Build(OnnxValue values, OnnxInput input)
    {
        var singles = input == OnnxInput.Byte ? graph.Cast<float>(values) : values;
        using var held = model.HoldDetectors(out var detectors);
        var network = Network(Scaled(singles, input));
        var detection = new OnnxDetection(graph, network, 1, detectors);
        var likelihood = detection.Scores(DetectionScore.LogLikelihood);
        if (!detection.CanScore(detectors.Decision.Score))
            return new(network.Features, likelihood, null, null);
        var detected = detection.Scores(detectors.Decision.Score);
        var nothing = graph.RowSum(graph.Multiply(detection.Features, graph.Constant(0.0))); // NaN where a feature is not finite
        return new(network.Features, likelihood, Keeps(detectors.Decision, detected, nothing, singles, input), detected);
    }

    /// <summary>Whether a score is within the decision's sides, the images in range, and what they were made of finite: <paramref name="nothing"/> is 0.</summary>
    private OnnxValue Keeps(Decision decision, OnnxValue detected, OnnxValue nothing, OnnxValue singles, OnnxInput input)
    {
        var kept = graph.And(graph.NotBelow(detected, graph.Constant(RoundedUp(decision.Lower))), graph.NotAbove(detected, graph.Constant(-RoundedUp(-decision.Upper))));
        kept = graph.And(kept, graph.And(graph.Node("Equal", [detected, detected]), graph.Node("Equal", [nothing, graph.Constant(0.0)])));
        return InRange(singles, input) is { } inRange ? graph.And(kept, inRange) : kept;
    }

    /// <summary>The smallest number of single precision that is not below a threshold: which scores of single precision reach it does not change.</summary>
    internal static float RoundedUp(double threshold)
    {
        float nearest = (float)threshold;
        return nearest < threshold ? MathF.BitIncrement(nearest) : nearest;
    }

    /// <summary>Whether images are within the values trained on (<see cref="PixelRange"/>), [N, 1]; null where the model has no range.</summary>
    private OnnxValue? InRange(OnnxValue singles, OnnxInput input)
    {
        if (model.TrainedRange is not { } range)
            return null;
        bool isVector = model.InputShape.IsVector;
        var scale = graph.Constant(input == OnnxInput.Byte ? 1 / 255f : model.Scaling.Scale);
        var low = graph.Multiply(isVector ? singles : graph.Reduce("ReduceMin", singles, false, 2, 3), scale);
        var high = isVector ? low : graph.Multiply(graph.Reduce("ReduceMax", singles, false, 2, 3), scale);
        if (input == OnnxInput.Single && model.Scaling.Scale < 0)
            (low, high) = (high, low);
        var bounds = Enumerable.Range(0, model.InputShape.Channels).Select(range.Widened).ToArray();
        long channels = bounds.Length;
        var within = graph.All(graph.And(graph.NotBelow(low, graph.Constant<float>([.. bounds.Select(b => b.Low)], 1, channels)), graph.NotAbove(high, graph.Constant<float>([.. bounds.Select(b => b.High)], 1, channels))));
        return isVector ? within : graph.And(within, graph.NotBelow(graph.RowMax(graph.Subtract(high, low)), graph.Constant(range.LeastContrast)));
    }
}

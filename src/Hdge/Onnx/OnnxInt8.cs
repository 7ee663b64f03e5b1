using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Onnx;

/// <summary>Rounds a model's network to 8 bits and fits anew what was fitted to the network's answers: two passes over the calibration images, one for ranges, one of the rounded network.</summary>
internal static class OnnxInt8
{
    private const int Batch = 64;

    /// <summary>How the network is rounded, and what was fitted.</summary>
    /// <param name="model">The model, which stays as it is.</param>
    /// <param name="options">With calibration images.</param>
    /// <param name="input">Network input of some of the images.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    public static (OnnxRounding Rounding, OnnxModelGraph.Fitted Fitted) Fit(HdgeModel model, OnnxOptions options, Func<int, int, Tensor> input, CancellationToken cancellationToken)
    {
        var images = options.CalibrationImages!;
        var ranges = new OnnxRanges();
        Run(model, options, ranges, images.Count, input, (_, _, _) => { }, cancellationToken);
        var rounding = new OnnxEightBits(ranges);
        var logits = new float[images.Count * model.ClassCount];
        var scores = new float[images.Count];
        using var held = model.HoldDetectors(out var detectors);
        var score = detectors.Decision.Score;
        var features = detectors.Needs(score).HasFlag(DetectorNeeds.Features);
        Calibrator? calibrator = null;
        var found = new List<(int At, Tensor Logits, Tensor? Features)>();
        try
        {
            Run(model, options, rounding, images.Count, input, (at, z, f) =>
            {
                TensorMemory.Span<float>(z.contiguous()).CopyTo(logits.AsSpan(at * model.ClassCount));
                found.Add((at, z.clone().DetachFromDisposeScope(), features ? f.clone().DetachFromDisposeScope() : null));
            }, cancellationToken);
            calibrator = CalibratorFitting.Fit(logits, images.Labels, model.ClassCount, model.Calibrator.Method, cancellationToken: cancellationToken).Calibrator;
            foreach (var (at, z, f) in found)
            {
                using var off = no_grad();
                using var scope = NewDisposeScope();
                using var detection = new DetectionInput(z.alias(), f?.alias(), calibrator.DetectionTemperature, detectors);
                detection.Scores(score).CopyTo(scores.AsSpan(at));
            }
            calibrator = ScoreCalibration.Refit(calibrator, () => logits, images.Labels, score, scores, cancellationToken);
        }
        finally
        {
            foreach (var (_, z, f) in found)
            {
                z.Dispose();
                f?.Dispose();
            }
        }
        var sets = model.PredictionSets is { } before ? ConformalPredictor.Fit(HdgeModel.Uncalibrated(logits, model.ClassCount), images.Labels, model.ClassCount, before.Options) : null;
        return (rounding, new(calibrator, model.Decide(score, scores, images, options.InDistributionRate), sets));
    }

    private static void Run(HdgeModel model, OnnxOptions options, OnnxRounding rounding, int count, Func<int, int, Tensor> input, Action<int, Tensor, Tensor> take, CancellationToken cancellationToken)
    {
        for (int at = 0; at < count; at += Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var off = no_grad();
            using var scope = NewDisposeScope();
            using var sink = new OnnxTorchSink();
            var graph = new OnnxGraph(sink, options.Opset, model.Network.state_dict()) { Rounding = rounding };
            var network = new OnnxModelGraph(graph, model).Network(OnnxTorchSink.Input(input(at, Math.Min(Batch, count - at)).cpu()));
            take(at, network.Logits.Tensor!, network.Features.Tensor!);
        }
    }
}

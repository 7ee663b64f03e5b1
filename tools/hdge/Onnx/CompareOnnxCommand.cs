using System.CommandLine;
using Hdge.Cli.Data;
using Hdge.Cli.Evaluation;
using Hdge.Data;
using Hdge.Metrics;
using Hdge.MLNet.Onnx;
using Hdge.Reports;

namespace Hdge.Cli.Onnx;

/// <summary><c>compare-onnx</c>: the same images scored by a model and by its ONNX file.</summary>
internal sealed class CompareOnnxCommand : Command
{
    private readonly Option<string> _model = EvaluationOptions.Model();
    private readonly Option<string> _onnx = CommandOptions.Required("--onnx", "FILE.onnx", "the file that export wrote");
    private readonly Option<string> _known = CommandOptions.Required("--known", "PATH", "labelled images of the model's classes, as --known of evaluate");
    private readonly Option<string[]> _unknown = UnknownSets.Option();
    private readonly Option<int?> _limit = CommandOptions.Whole("--limit", "takes the first N images of each set (default: all)");
    private readonly Option<int?> _threads = CommandOptions.Whole("--threads", "threads that ONNX Runtime computes with (default: all cores)");
    private readonly Option<string?> _classes = EvaluationOptions.Classes();

    public CompareOnnxCommand(CommandContext context) : base("compare-onnx", "Scores images with a model and with its ONNX file: largest differences, and accuracy, calibration and detection side by side.")
    {
        foreach (var option in new Option[] { _model, _onnx, _known, _unknown, _limit, _threads, _classes })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private void Run(ParseResult parsed, CommandContext context)
    {
        string path = parsed.GetRequiredValue(_model);
        int? limit = parsed.GetValue(_limit);
        using var model = HdgeModel.Load(path, "cpu");
        using var onnx = HdgeOnnxModel.Load(parsed.GetRequiredValue(_onnx), new() { Threads = parsed.GetValue(_threads) });
        if (model.InputShape != onnx.InputShape || model.ClassCount != onnx.ClassCount)
            throw new InvalidDataException($"The model takes {model.InputShape} in {model.ClassCount} classes, the ONNX file {onnx.InputShape} in {onnx.ClassCount}: they do not belong together.");
        var known = DataFolder.LoadTest(parsed.GetRequiredValue(_known), limit, model.ClassCount, model.InputShape, ClassNames.Read(path, parsed.GetValue(_classes), model.ClassCount));
        var unknown = UnknownSets.Read(parsed.GetValue(_unknown) ?? [], known, limit);
        var (own, other) = (model.Score(known, context.Cancellation), onnx.Score(known, context.Cancellation));
        context.Console.Write(new MetricTable($"ONNX file ({onnx.Precision}) against the model, {known.Count} images", ["largest difference", "mean difference"],
        [
            Difference("Score", own.Probabilities, other.Probabilities), Difference("LogDensity", own.LogDensity, other.LogDensity),
            Difference("Confidence", own.Confidence, other.Confidence), Difference("DetectionScore", own.DetectionScore, other.DetectionScore),
        ]) { RowHeading = "", HigherIsBetter = null, Format = "E2" });
        var rows = new List<MetricRow>
        {
            new("classes that agree", [1, Share(own.PredictedClass, other.PredictedClass)]), new("flags that agree", [1, Share(own.IsInDistribution, other.IsInDistribution)]),
        };
        var (before, after) = (Metrics(own, known), Metrics(other, known));
        rows.Add(new("accuracy", [before.Uncalibrated.Accuracy, after.Uncalibrated.Accuracy]));
        rows.Add(new("ECE before calibration", [before.Uncalibrated.Ece, after.Uncalibrated.Ece]));
        rows.Add(new("ECE", [before.Confidence.Ece, after.Confidence.Ece]));
        rows.Add(new("kept as in-distribution", [1 - before.FlaggedShare, 1 - after.FlaggedShare]));
        foreach (var set in unknown)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var (ownUnknown, otherUnknown) = (model.Score(set.Data, context.Cancellation), onnx.Score(set.Data, context.Cancellation));
            rows.Add(new($"AUROC, {set.Name}", [Auroc.Of(own.DetectionScore, ownUnknown.DetectionScore), Auroc.Of(other.DetectionScore, otherUnknown.DetectionScore)]));
        }
        context.Console.Write(new MetricTable("Side by side", ["model", "ONNX"], rows) { RowHeading = "", HigherIsBetter = null, Format = "F4", Note = $"AUROC is that of the score that decides, {model.Decision.Score}." });
    }

    private static KnownMetrics Metrics(ScoreBatch scores, ImageSet images) => KnownMetrics.Of(new KnownScores
    {
        ClassCount = scores.ClassCount,
        Labels = images.Labels,
        Predicted = scores.PredictedClass.AsSpan(0, scores.Count),
        Probabilities = scores.Probabilities.AsSpan(0, scores.Count * scores.ClassCount),
        Confidences = scores.Confidence.AsSpan(0, scores.Count),
        Flagged = scores.IsInDistribution.AsSpan(0, scores.Count).Count(false),
    });

    private static MetricRow Difference(string name, float[] own, float[] other)
    {
        double[] off = [.. own.Zip(other, (x, y) => Math.Abs((double)x - y))];
        return new(name, [off.Max(), off.Average()]);
    }

    private static double Share<T>(T[] own, T[] other) => (double)own.Zip(other).Count(p => EqualityComparer<T>.Default.Equals(p.First, p.Second)) / own.Length;
}

using Hdge;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Reports;
using PaperTables.Training;

namespace PaperTables.Evaluation;

/// <summary>Everything that was measured, as the report's data.</summary>
internal static class EvaluationReport
{
    private const int GallerySize = 24;

    public static ReportData Of(HdgeModel model, EvaluateSettings settings, KnownResult known, IReadOnlyList<SummaryNumber> summary, DetectionResult? detection,
        IReadOnlyList<MetricTable> published, IReadOnlyList<RobustnessPlot> robustness, ImageSet? samples)
    {
        string[] classes = [.. Enumerable.Range(0, model.ClassCount).Select(c => $"class {c}")];
        var density = detection is not null && detection.Scores.Contains(DetectionScore.LogDensity) ? detection : null;
        var probability = detection is not null && detection.Scores.Contains(DetectionScore.MaxProbability) ? detection : null;
        int[] surest = [.. Enumerable.Range(0, known.Images.Count).OrderByDescending(i => known.Scores.Confidence[i])];
        return new()
        {
            Title = "Evaluation by the paper's protocol",
            Subtitle = $"{Path.GetFileName(settings.Model)} ({NetworkNames.Of(model.NetworkOptions)}) on {known.Images.Count} known images",
            Summary = summary,
            Reliability = [Plot("Before calibration", known.Before.Bins, known.Before.Ece), Plot("After calibration", known.After, known.EceAfter)],
            Histograms = [.. new[] { density?.Histogram(DetectionScore.LogDensity, "log-density (nats)"), probability?.Histogram(DetectionScore.MaxProbability, "largest probability") }.OfType<ScoreHistograms>()],
            Roc = density?.Roc(DetectionScore.LogDensity) ?? [],
            Detectors = detection is null ? [] : Tables(detection),
            RiskCoverage = Curve(known.Before.RiskCoverage),
            Confusion = model.ClassCount <= 20 ? Confusion(classes, known) : null,
            Robustness = robustness,
            Samples = samples,
            LeastSure = [.. surest.Reverse().Take(GallerySize).Select(Shown)],
            MostWrong = [.. surest.Where(i => !known.IsCorrect(i)).Take(GallerySize).Select(Shown)],
            Tables = published,
            Settings = [.. settings.Describe().Append(("network", NetworkNames.Of(model.NetworkOptions))).Select(s => new ReportSetting(s.Item1, s.Item2))],
        };

        GalleryImage Shown(int i) => new(ReportImage.Of(known.Images, i), classes[known.Images.Labels[i]], classes[known.Scores.PredictedClass[i]],
            known.Scores.Confidence[i], known.Scores.LogDensity[i]);
    }

    public static IReadOnlyList<MetricTable> Tables(DetectionResult detection) =>
    [
        detection.Table("AUROC", m => m.Auroc, higherIsBetter: true, DetectionScore.LogDensity),
        detection.Table("FPR at 95 % TPR", m => m.FalsePositiveRate, higherIsBetter: false, DetectionScore.LogDensity),
        detection.Table("AUPR, known images as positives", m => m.AuprIn, higherIsBetter: true, DetectionScore.LogDensity),
        detection.Table("AUPR, unknown images as positives", m => m.AuprOut, higherIsBetter: true, DetectionScore.LogDensity),
    ];

    private static ReliabilityPlot Plot(string name, IReadOnlyList<ReliabilityBin> bins, double ece) =>
        new(name, [.. bins.Select(b => new ReliabilityPlotBin(b.Low, b.High, b.Count, b.MeanConfidence, b.Accuracy))], ece);

    private static IReadOnlyList<PlotCurve> Curve(RiskCoverageCurve curve)
    {
        var points = curve.Points().Select(p => new PlotPoint(p.Coverage, p.Risk)).ToList();
        return points.Count < 2 ? [] : [new("largest probability", points, curve.Aurc)];
    }

    private static ConfusionPlot Confusion(string[] classes, KnownResult known)
    {
        var counts = new long[classes.Length, classes.Length];
        for (int i = 0; i < known.Images.Count; i++)
            counts[known.Images.Labels[i], known.Scores.PredictedClass[i]]++;
        return new(classes, counts);
    }
}

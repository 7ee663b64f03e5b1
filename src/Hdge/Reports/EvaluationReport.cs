using Hdge.Detection;
using Hdge.Metrics;

namespace Hdge.Reports;

/// <summary>Turns an evaluation into a report's data; callers add what else they measured with <c>with</c>.</summary>
public static class EvaluationReport
{
    private const int GallerySize = 24, MostClasses = 20;

    /// <summary>Summary, calibration, detection, risk–coverage, confusions, and the images the model is least sure of and most wrong about.</summary>
    /// <param name="title">Heading of the report.</param>
    /// <param name="classNames">One name a class.</param>
    /// <param name="known">The images of the model's classes.</param>
    /// <param name="detection">The unknown images; null without any.</param>
    /// <param name="made">How the model tells distorted known images, kind by kind. Default null: the report has no such table.</param>
    /// <param name="cancellationToken">Looked at between bootstrap resamples.</param>
    /// <exception cref="ArgumentException">There are not as many names as classes.</exception>
    public static ReportData Of(string title, IReadOnlyList<string> classNames, KnownEvaluation known, DetectionEvaluation? detection, MadeOutlierEvaluation? made = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classNames);
        ArgumentNullException.ThrowIfNull(known);
        if (classNames.Count != known.Scores.ClassCount)
            throw new ArgumentException($"There are {classNames.Count} class names, expected {known.Scores.ClassCount}.", nameof(classNames));
        int[] surest = [.. Enumerable.Range(0, known.Images.Count).OrderByDescending(i => known.Scores.Confidence[i])];
        DetectionScore[] plotted = detection is null ? [] : [.. new[] { detection.Chosen, DetectionScore.LogDensity, DetectionScore.MaxProbability }.Where(detection.Scores.Contains).Distinct()];
        return new()
        {
            Title = title,
            Subtitle = $"{known.Images.Count} known images of {known.Images.Shape}",
            Warning = known.TellsUnknownApart == false ? "This model cannot tell unknown images apart: no score tells held-out images from outliers, so the flag is hardly better than chance." : null,
            Summary =
            [
                .. known.Summary(cancellationToken),
                new("In distribution", known.Kept) { Format = "P1", Note = "known images kept" },
                .. detection?.Summary(detection.Chosen, cancellationToken) ?? [],
            ],
            Reliability = [Plot("Before calibration", known.Before.Bins, known.Before.Ece), Plot("After calibration", known.After.Bins, known.After.Ece)],
            Histograms = [.. plotted.Select(score => detection!.Histogram(score, score == DetectionScore.LogDensity ? "log-density (nats)" : score.Name))],
            Roc = detection?.Roc(detection.Chosen) ?? [],
            Detectors = [.. detection?.Tables() ?? [], .. made is null ? Array.Empty<MetricTable>() : [made.Table()]],
            RiskCoverage = Curve(known.After.RiskCoverage),
            Confusion = classNames.Count <= MostClasses ? Confusion(classNames, known) : null,
            LeastSure = [.. surest.Reverse().Take(GallerySize).Select(Shown)],
            MostWrong = [.. surest.Where(i => !known.IsCorrect(i)).Take(GallerySize).Select(Shown)],
        };

        GalleryImage Shown(int i) => new(ReportImage.Of(known.Images, i), classNames[known.Images.Labels[i]], classNames[known.Scores.PredictedClass[i]],
            known.Scores.Confidence[i], known.Scores.LogDensity[i]);
    }

    private static ReliabilityPlot Plot(string name, IReadOnlyList<ReliabilityBin> bins, double ece) =>
        new(name, [.. bins.Select(b => new ReliabilityPlotBin(b.Low, b.High, b.Count, b.MeanConfidence, b.Accuracy))], ece);

    private static PlotCurve[] Curve(RiskCoverageCurve curve)
    {
        var points = curve.Points().Select(p => new PlotPoint(p.Coverage, p.Risk)).ToList();
        return points.Count < 2 ? [] : [new("confidence", points, curve.Aurc)];
    }

    private static ConfusionPlot Confusion(IReadOnlyList<string> classNames, KnownEvaluation known)
    {
        var counts = new long[classNames.Count, classNames.Count];
        for (int i = 0; i < known.Images.Count; i++)
            counts[known.Images.Labels[i], known.Scores.PredictedClass[i]]++;
        return new(classNames, counts);
    }
}

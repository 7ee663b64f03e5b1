using Hdge;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Reports;
using Hdge.Cli.Data;
using Hdge.Cli.Training;
using Spectre.Console;

namespace Hdge.Cli.Evaluation;

/// <summary><c>evaluate</c>: the paper's protocol on a trained model, as tables, JSON and a report.</summary>
internal static class EvaluateCommand
{
    public static void Run(string[] args, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var options = new OptionReader(args, EvaluateSettings.Options, EvaluateSettings.Flags);
        var settings = EvaluateSettings.Read(options);
        string folder = options.Required("--out");
        var scores = ScoreNames.Read(settings.Scores);
        using var model = HdgeModel.Load(settings.Model, settings.Device);
        var images = ImageFolder.LoadTest(settings.Known, settings.Limit, model.ClassCount);
        if (images.Shape != model.InputShape)
            throw new InvalidDataException($"The images in '{settings.Known}' are {images.Shape}, the model takes {model.InputShape}.");
        if (images.Count == 0)
            throw new InvalidDataException($"'{settings.Known}' has no images.");
        var unknown = UnknownSets.Read(settings.Unknown, images, settings.Limit);
        Directory.CreateDirectory(folder);

        var known = new KnownEvaluation(model, images, cancellationToken);
        var detection = unknown.Count == 0 ? null : new DetectionEvaluation(model, images, unknown, Given(model, scores, settings), UnknownSets.Noise(model.Scaling, settings.Noise, settings.Seed), cancellationToken);
        var samples = settings.Samples == 0 ? null : SampleCommand.Draw(model, settings.Samples, null, settings.Seed, byClass: false, console, cancellationToken);
        IReadOnlyList<RobustnessPlot> robustness = settings.AttackImages == 0 ? [] : Attack.Run(model, images.Take(settings.AttackImages), settings.Effort, console, cancellationToken);
        var published = PublishedTables(known, detection);
        var report = EvaluationReport.Of("Evaluation by the paper's protocol", [.. Enumerable.Range(0, model.ClassCount).Select(c => $"class {c}")], known, detection, cancellationToken) with
        {
            Subtitle = $"{Path.GetFileName(settings.Model)} ({NetworkNames.Of(model.NetworkOptions)}) on {known.Images.Count} known images",
            Robustness = robustness,
            Samples = samples,
            Tables = published,
            Settings = [.. settings.Describe().Append(("network", NetworkNames.Of(model.NetworkOptions))).Select(s => new ReportSetting(s.Item1, s.Item2))],
        };

        console.Write(SummaryTable(report.Summary));
        // The report has the rest.
        foreach (var table in (detection is null ? [] : detection.Tables().Take(2)).Concat(published))
            console.Write(table);
        foreach (var plot in robustness)
            console.Write(Attack.Table(plot));
        string json = Path.Combine(folder, "evaluation.json"), page = Path.Combine(folder, "report.html");
        JsonFile.Write(json, new
        {
            Settings = settings,
            Network = model.NetworkOptions,
            Known = new { images.Count, known.Before.Accuracy, known.Before.NegativeLogLikelihood, known.Before.Ece, EceAfter = known.After.Ece, known.Before.Mce, known.Before.AdaptiveEce,
                known.Before.ClasswiseEce, known.Before.Brier, known.Before.RiskCoverage.Aurc, known.Before.RiskCoverage.ExcessAurc, model.Temperature, known.Kept },
            report.Summary,
            Detection = detection?.Metrics.ToDictionary(m => m.Key, m => m.Value.ToDictionary(s => DetectionEvaluation.Name(s.Key), s => s.Value)),
            Robustness = robustness,
            Published = published,
        });
        HtmlReport.Write(report, page);
        console.Profile.Out.Writer.WriteLine($"written: {json}, {page}");
    }

    /// <summary>The scores that the model can give; one that was asked for by name must be among them.</summary>
    private static DetectionScore[] Given(HdgeModel model, IReadOnlyList<DetectionScore> scores, EvaluateSettings settings)
    {
        var available = model.Detectors.Available;
        bool byName = settings.Scores.Any(s => s is not (ScoreNames.Free or ScoreNames.All));
        var missing = scores.Where(s => !available.Contains(s)).ToArray();
        if (byName && missing.Length > 0)
            throw new ArgumentException($"The model was not fitted for {string.Join(", ", missing.Select(DetectionEvaluation.Name))}; it gives {string.Join(", ", available.Select(DetectionEvaluation.Name))}.");
        return [.. scores.Where(available.Contains)];
    }

    private static MetricTable[] PublishedTables(KnownEvaluation known, DetectionEvaluation? detection)
    {
        var tables = new List<MetricTable?>
        {
            detection?.Scores.Contains(DetectionScore.LogDensity) == true
                ? Published.Beside("Log-density AUROC beside the paper's", Published.LogDensity, detection.Auroc(DetectionScore.LogDensity)) : null,
            detection?.Scores.Contains(DetectionScore.MaxProbability) == true
                ? Published.Beside("Max-probability AUROC beside the paper's", Published.MaxProbability, detection.Auroc(DetectionScore.MaxProbability)) : null,
            Published.AccuracyBeside(known.Images, known.Before.Accuracy),
        };
        return [.. tables.OfType<MetricTable>()];
    }

    private static MetricTable SummaryTable(IEnumerable<SummaryNumber> summary) =>
        new("Summary", ["value", "low", "high"], [.. summary.Select(n => new MetricRow(n.Name, [n.Value, n.Low ?? double.NaN, n.High ?? double.NaN]))])
        {
            RowHeading = "",
            HigherIsBetter = null,
            Format = "F4",
            Note = "low and high: 95 % bootstrap interval",
        };
}

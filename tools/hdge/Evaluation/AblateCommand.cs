using System.Globalization;
using Hdge;
using Hdge.Detection;
using Hdge.Reports;
using Hdge.Cli.Data;
using Hdge.Cli.Training;
using Spectre.Console;

namespace Hdge.Cli.Evaluation;

/// <summary><c>ablate-k</c>: the density AUROC by the number of negatives K in the memory bank (the paper's Figure 5).</summary>
internal static class AblateCommand
{
    public static void Run(string[] args, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var options = new OptionReader(args, [.. TrainSettings.Options, "--unknown", "--noise", "--out"], ["--resume"]);
        string folder = options.Required("--out");
        int[] banks = [.. (options.List("--bank") ?? [.. Published.SvhnByBank.Keys.Order().Select(k => k.ToString(CultureInfo.InvariantCulture))]).Select(Bank)];
        string[] unknown = options.List("--unknown") ?? [UnknownSets.Interpolated];
        double noise = options.Number("--noise") ?? EvaluateSettings.PublishedNoise;
        var settings = TrainSettings.Read(options.Without("--bank"), options.Text("--objective") ?? "hdge");
        if (!Objective.Named(settings.Objective).HasBank)
            throw new ArgumentException($"--objective is '{settings.Objective}', which has no memory bank.");
        var rows = new List<(int Bank, RunSummary Run, IReadOnlyDictionary<string, double> Auroc)>();
        foreach (int bank in banks)
        {
            string own = Path.Combine(folder, FormattableString.Invariant($"k-{bank}"));
            var run = TrainingRun.Run(settings with { Bank = bank }, own, options.Has("--resume"), console, cancellationToken);
            using var model = HdgeModel.Load(TrainingRun.ModelPath(own), settings.Device);
            var known = ImageFolder.LoadTest(settings.Dataset, settings.Limit, model.ClassCount);
            var detection = new DetectionEvaluation(model, known, UnknownSets.Read(unknown, known, settings.Limit), [DetectionScore.LogDensity], UnknownSets.Noise(model.Scaling, noise, settings.Seed), cancellationToken);
            rows.Add((bank, run, detection.Auroc(DetectionScore.LogDensity)));
        }
        var table = Table(rows);
        console.Write(table);
        string path = Path.Combine(folder, "ablate-k.md");
        JsonFile.WriteText(path, ConsoleTables.Markdown(table));
        JsonFile.Write(Path.Combine(folder, "ablate-k.json"), rows.Select(r => new { r.Bank, r.Run.Test?.Accuracy, r.Auroc }));
        console.Profile.Out.Writer.WriteLine($"written: {path}, {Path.Combine(folder, "ablate-k.json")}");
    }

    internal static MetricTable Table(IReadOnlyList<(int Bank, RunSummary Run, IReadOnlyDictionary<string, double> Auroc)> rows)
    {
        string[] sets = [.. rows[0].Auroc.Keys];
        return new MetricTable("Density AUROC by negatives K", [.. sets, "svhn (paper)", "accuracy"],
            [.. rows.Select(r => new MetricRow(FormattableString.Invariant($"{r.Bank}"),
                [.. sets.Select(s => r.Auroc[s]), Published.SvhnByBank.GetValueOrDefault(r.Bank, double.NaN), r.Run.Test?.Accuracy ?? double.NaN]))])
        {
            RowHeading = "K",
            HigherIsBetter = null,
            Note = Published.Conditions,
        };
    }

    private static int Bank(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bank) && bank > 0 ? bank
        : throw new ArgumentException($"--bank has '{text}', expected whole numbers above 0 with commas between them.");
}

using System.CommandLine;
using System.Globalization;
using Hdge;
using Hdge.Detection;
using Hdge.Reports;
using Hdge.Cli.Data;
using Hdge.Cli.Training;

namespace Hdge.Cli.Evaluation;

/// <summary><c>ablate-k</c>: the density AUROC by the number of negatives K in the memory bank (the paper's Figure 5).</summary>
internal sealed class AblateCommand : Command
{
    private readonly TrainOptions _options = new();
    private readonly Option<string> _objective = TrainOptions.Objective("hdge");
    private readonly Option<string[]> _banks = CommandOptions.List("--bank", "K", "sizes of the bank with commas between them",
        [.. Published.SvhnByBank.Keys.Order().Select(k => k.ToString(CultureInfo.InvariantCulture))]);
    private readonly Option<string[]> _unknown = UnknownSets.Option(UnknownSets.Interpolated);
    private readonly Option<double> _noise = EvaluateCommand.NoiseOption();
    private readonly Option<string> _out = TrainOptions.OutFolder("takes a folder for each bank, ablate-k.md and ablate-k.json");
    private readonly Option<bool> _resume = TrainOptions.Resume();

    public AblateCommand(CommandContext context) : base("ablate-k", "Trains once for each size of the memory bank and compares the AUROC of the log-density.")
    {
        _options.AddTo(this);
        foreach (var option in new Option[] { _objective, _banks, _unknown, _noise, _out, _resume })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private void Run(ParseResult parsed, CommandContext context)
    {
        string folder = parsed.GetRequiredValue(_out);
        int[] banks = [.. (parsed.GetValue(_banks) is { Length: > 0 } given ? given.Select(Bank) : Published.SvhnByBank.Keys.Order())];
        string[] unknown = parsed.GetValue(_unknown) is { Length: > 0 } sets ? sets : [UnknownSets.Interpolated];
        double noise = parsed.GetValue(_noise);
        var settings = _options.Read(parsed, parsed.GetRequiredValue(_objective), bank: null);
        if (!Objective.Named(settings.Objective).HasBank)
            throw new ArgumentException($"--objective is '{settings.Objective}', which has no memory bank.");
        var rows = new List<(int Bank, RunSummary Run, IReadOnlyDictionary<string, double> Auroc)>();
        foreach (int bank in banks)
        {
            string own = Path.Combine(folder, FormattableString.Invariant($"k-{bank}"));
            var run = TrainingJob.Run(settings with { Bank = bank }, own, parsed.GetValue(_resume), context);
            using var model = HdgeModel.Load(TrainingJob.ModelPath(own), settings.Device);
            if (run.Test is null)
                throw new FileNotFoundException($"'{settings.Dataset}' has no test images, which are the known ones here.");
            var known = DataFolder.LoadTest(settings.Dataset, settings.Limit, model.ClassCount, model.InputShape, ClassNames.Read(TrainingJob.ModelPath(own), null, model.ClassCount), SkipDamaged.Of(settings.SkipDamaged, context));
            var detection = new DetectionEvaluation(model, known, UnknownSets.Read(unknown, known, settings.Limit, SkipDamaged.Of(settings.SkipDamaged, context)), [DetectionScore.LogDensity], UnknownSets.Noise(model.Scaling, noise, settings.Seed), context.Cancellation);
            rows.Add((bank, run, detection.Auroc(DetectionScore.LogDensity)));
        }
        var table = Table(rows);
        context.Console.Write(table);
        string path = Path.Combine(folder, "ablate-k.md");
        JsonFile.WriteText(path, ConsoleTables.Markdown(table));
        JsonFile.Write(Path.Combine(folder, "ablate-k.json"), rows.Select(r => new { r.Bank, r.Run.Test?.Accuracy, r.Auroc }));
        context.Output.WriteLine($"written: {path}, {Path.Combine(folder, "ablate-k.json")}");
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

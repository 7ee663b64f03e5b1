using System.CommandLine;
using Hdge.Detection;
using Hdge.Reports;
using Hdge.Cli.Training;

namespace Hdge.Cli.Evaluation;

/// <summary><c>evaluate</c>: the paper's protocol on a trained model, as tables, JSON and a report.</summary>
internal sealed class EvaluateCommand : Command
{
    private const int AttackedImages = 100;

    private readonly EvaluationOptions _options = new();
    private readonly Option<double> _noise = NoiseOption();
    private readonly Option<string?> _protocol = CommandOptions.Text("--protocol", "NAME", $"{OpenOodSets.Protocol}: unknown sets, metrics and means as OpenOOD v1.5 has them, without noise (default: the paper's)").Offering(OpenOodSets.Protocol);
    private readonly Option<string?> _sets = CommandOptions.Text("--sets", "DIR", $"folder with the sets of the protocol: {OpenOodSets.Expected}; those that are not there are left out");
    private readonly Option<int> _seed = CommandOptions.Whole("--seed", "seed of noise, attack and samples", 0, least: 0);
    private readonly Option<bool> _attack = CommandOptions.Flag("--attack", $"accuracy under PGD in L∞ and L2, on {AttackedImages} images");
    private readonly Option<int?> _attackImages = CommandOptions.Whole("--attack-images", "attacks that many images");
    private readonly Option<int> _attackSteps = CommandOptions.Whole("--attack-steps", "steps of the attack; 40 in the paper", 20, least: 1);
    private readonly Option<int> _attackRestarts = CommandOptions.Whole("--attack-restarts", "restarts of the attack; 20 in the paper", 1, least: 1);
    private readonly Option<int?> _samples = CommandOptions.Whole("--samples", "draws that many images from the model for the report (default: none)");
    private readonly Option<string?> _judge = SampleCommand.Judge();
    private readonly Option<string> _out = TrainOptions.OutFolder("takes evaluation.json and report.html");

    public EvaluateCommand(CommandContext context) : base("evaluate", "Evaluates a model by the paper's protocol: accuracy, calibration, detection, attack; tables, JSON and a report.")
    {
        _options.AddTo(this);
        foreach (var option in new Option[] { _protocol, _sets, _noise, _seed, _attack, _attackImages, _attackSteps, _attackRestarts, _samples, _judge, _out })
            Add(option);
        SetAction(parsed => Run(Checked(Settings(parsed), parsed.GetResult(_noise) is { Implicit: false }), parsed.GetRequiredValue(_out), context));
    }

    public static Option<double> NoiseOption() =>
        CommandOptions.Number("--noise", "σ of the noise on known and unknown images in detection, in units of network input; 0 for none", EvaluateSettings.PublishedNoise);

    private EvaluateSettings Settings(ParseResult parsed) => _options.Read(parsed) with
    {
        Protocol = parsed.GetValue(_protocol),
        Sets = parsed.GetValue(_sets),
        Noise = parsed.GetValue(_noise),
        Seed = parsed.GetValue(_seed),
        AttackImages = parsed.GetValue(_attackImages) ?? (parsed.GetValue(_attack) ? AttackedImages : 0),
        AttackSteps = parsed.GetValue(_attackSteps),
        AttackRestarts = parsed.GetValue(_attackRestarts),
        Samples = parsed.GetValue(_samples) ?? 0,
        Judge = parsed.GetValue(_judge),
    };

    private static EvaluateSettings Checked(EvaluateSettings settings, bool noiseIsGiven)
    {
        if (settings.Protocol is not (null or OpenOodSets.Protocol))
            throw new ArgumentException($"--protocol is '{settings.Protocol}', expected {OpenOodSets.Protocol}.");
        if (settings.Protocol is null != settings.Sets is null)
            throw new ArgumentException($"--protocol {OpenOodSets.Protocol} and --sets belong together, found one without the other.");
        if (settings.Protocol is null)
            return settings;
        if (settings.Unknown.Count > 0 || noiseIsGiven && settings.Noise != 0)
            throw new ArgumentException($"{(settings.Unknown.Count > 0 ? "--unknown" : "--noise")} is given beside --protocol {OpenOodSets.Protocol}, which has unknown sets of its own and no noise; expected neither.");
        return settings with { Noise = 0 };
    }

    private static void Run(EvaluateSettings settings, string folder, CommandContext context)
    {
        using var input = EvaluationInput.Read(settings, context);
        var (model, images) = (input.Model, input.Known);
        if (model.Single is null && (settings.Samples > 0 || settings.AttackImages > 0))
            throw new ArgumentException($"'{settings.Model}' holds an ensemble, expected a single model for --samples and for attacks.");
        Directory.CreateDirectory(folder);

        var known = new KnownEvaluation(model, images, context.Cancellation);
        var detection = input.Detection(UnknownSets.Noise(model.Scaling, settings.Noise, settings.Seed), context.Cancellation);
        var samples = settings.Samples == 0 ? null : model.NetworkOptions is Hdge.Networks.PixelTransformerOptions ? model.Single!.SamplePixels(new() { Count = settings.Samples, Seed = settings.Seed }, cancellationToken: context.Cancellation) : SampleCommand.Draw(model.Single!, settings.Samples, null, settings.Seed, byClass: false, context);
        var quality = samples is null || Math.Min(samples.Count, images.Count / 2) < SampleQuality.FewestImages ? null
            : SampleCommand.Quality(model.Single!, settings.Judge, settings.Device, samples, images, settings.Seed, context);
        IReadOnlyList<RobustnessPlot> robustness = settings.AttackImages == 0 ? [] : Attack.Run(model.Single!, images.Take(settings.AttackImages), settings.Effort, context);
        var openOod = input.OpenOod is { } sets ? new OpenOodEvaluation(sets, detection!) : null;
        MetricTable[] published = openOod is null ? PublishedTables(known, detection) : openOod.Tables();
        var made = model.Single is { } single ? new MadeOutlierEvaluation(single, images, settings.Seed, context.Cancellation) : null;
        var report = EvaluationReport.Of(openOod is null ? "Evaluation by the paper's protocol" : "Evaluation by OpenOOD's protocol", input.ClassNames, known, detection, made, context.Cancellation) with
        {
            Subtitle = $"{Path.GetFileName(settings.Model)} ({NetworkNames.Of(model.NetworkOptions)}) on {known.Images.Count} known images",
            Robustness = robustness,
            Samples = samples,
            SampleQuality = quality?.Table(),
            Tables = published,
            Settings = [.. settings.Describe().Append(("network", NetworkNames.Of(model.NetworkOptions))).Select(s => new ReportSetting(s.Item1, s.Item2))],
        };

        context.Console.Write(ConsoleTables.Summary(report.Summary));
        // The report has the rest.
        foreach (var table in (detection is null || openOod is not null ? [] : detection.Tables().Take(2)).Concat(made is null ? [] : [made.Table()]).Concat(published))
            context.Console.Write(table);
        foreach (var plot in robustness)
            context.Console.Write(Attack.Table(plot));
        string json = Path.Combine(folder, "evaluation.json"), page = Path.Combine(folder, "report.html");
        JsonFile.Write(json, new
        {
            Settings = settings,
            Network = model.NetworkOptions,
            Known = new { images.Count, known.Before.Accuracy, known.Before.NegativeLogLikelihood, known.Before.Ece, EceAfter = known.After.Ece, known.Before.Mce, known.Before.AdaptiveEce,
                known.Before.ClasswiseEce, known.Before.Brier, known.Before.RiskCoverage.Aurc, known.Before.RiskCoverage.ExcessAurc, model.Temperature, known.Kept },
            report.Summary,
            Detection = detection?.Metrics.ToDictionary(m => m.Key, m => m.Value.ToDictionary(s => s.Key.Name, s => s.Value)),
            MadeOutliers = made?.Kinds,
            OpenOod = openOod,
            Robustness = robustness,
            SampleQuality = quality,
            Published = openOod is null ? published : [],
        });
        HtmlReport.Write(report, page);
        context.Output.WriteLine($"written: {json}, {page}");
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
}

using System.CommandLine;
using System.Diagnostics;
using Hdge.Cli.Data;
using Hdge.Cli.Evaluation;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Reports;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Cli.Training;

/// <summary>
/// <c>represent</c>: generative-contrastive learning beside its two halves, with the same network and steps, and beside an HDGE classifier of equal time: linear probe, neighbours, likelihood and
/// detection.
/// </summary>
internal sealed class RepresentCommand : Command
{
    private const int LargestSearch = 10_000; // training images among which neighbours are looked for
    private const int TimedImages = 20; // batches by which the time of an epoch is guessed

    private static readonly string[] s_objectives = ["gcrl", "igpt", "simclr"];

    private static readonly DetectionScore[] s_scores = [DetectionScore.LogLikelihood, DetectionScore.ComplexityCorrected, DetectionScore.NearestNeighbors];

    private readonly Option<string> _dataset = CommandOptions.Required("--dataset", "PATH", "images with labels, which the probe alone looks at; with a test part");
    private readonly Option<string[]> _unknown = UnknownSets.Option();
    private readonly Option<double> _minutes = CommandOptions.Number("--minutes", "time of each row, as measured with gcrl: it decides of the epochs, the same for all three; processor time of all threads, on a GPU the clock's", 10);
    private readonly Option<int?> _epochs = CommandOptions.Whole("--epochs", "passes over the images, instead of --minutes");
    private readonly Option<int> _seeds = CommandOptions.Whole("--seeds", "runs of each row, of seeds from 0 on", 2, least: 1);
    private readonly Option<int?> _limit = CommandOptions.Whole("--limit", "takes the first N images of each part (default: all)");
    private readonly Option<int?> _testLimit = CommandOptions.Whole("--test-limit", "takes the first N test and unknown images, instead of --limit");
    private readonly Option<int?> _colors = CommandOptions.Whole("--colors", "colours of the palette (default: 16 for grey images, else 64)", least: 2);
    private readonly Option<int?> _width = CommandOptions.Whole("--width", "width of the transformer, instead of the preset's 64", least: 2);
    private readonly Option<int> _reduction = CommandOptions.Whole("--reduction", "side of the squares that are one pixel of the network: 1, 2 or 4", 2, least: 1);
    private readonly Option<string?> _device = TrainOptions.Device();
    private readonly Option<string> _out = TrainOptions.OutFolder("takes represent.md, represent.json, and for each row of the first seed samples-NAME.png and completions-NAME.png; rows that it has of the same settings are not done again");

    public RepresentCommand(CommandContext context) : base("represent", "Trains representations without labels in three ways, and a classifier of equal time, and sets them side by side.")
    {
        foreach (var option in new Option[] { _dataset, _unknown, _minutes, _epochs, _seeds, _limit, _testLimit, _colors, _width, _reduction, _device, _out })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private sealed record Row(string Name, int Seed, string Settings, int Epochs, double Seconds, double Probe, double Neighbors, double? BitsPerPixel, double? ColorEntropy, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Auroc);

    private void Run(ParseResult parsed, CommandContext context)
    {
        string folder = parsed.GetRequiredValue(_out);
        string dataset = parsed.GetRequiredValue(_dataset);
        var (train, test) = DataFolder.Load(dataset, parsed.GetValue(_limit));
        int? testLimit = parsed.GetValue(_testLimit) ?? parsed.GetValue(_limit);
        test = testLimit is { } count ? test?.Take(count) : test;
        if (test is null)
            throw new InvalidDataException($"'{dataset}' has no test images, expected some: the probe is measured on them.");
        var unknown = UnknownSets.Read(parsed.GetValue(_unknown) ?? [], test, testLimit);
        Directory.CreateDirectory(folder);
        double seconds = 60 * parsed.GetValue(_minutes);
        var options = Training(parsed, train);
        string settings = FormattableString.Invariant($"{train.Count} and {test.Count} images of {train.Shape}, {options.Network}, {(parsed.GetValue(_epochs) is { } told ? $"{told} epochs" : $"{parsed.GetValue(_minutes)} minutes")}");
        string file = Path.Combine(folder, "represent.json");
        var rows = File.Exists(file) ? JsonFile.Read<List<Row>>(file) : [];
        if (rows.Find(row => row.Settings != settings) is { } other)
            throw new ArgumentException($"'{file}' holds rows of {other.Settings}, expected {settings}. Give another --out folder.");
        int epochs = parsed.GetValue(_epochs) ?? rows.Find(row => row.Name == s_objectives[0])?.Epochs ?? Math.Max(1, (int)Math.Round(seconds / EpochSeconds(train, options, context)));
        for (int seed = 0; seed < parsed.GetValue(_seeds); seed++)
        {
            foreach (string name in s_objectives)
                Add(name, seed, () => Objective.Named(name).Fit(options) with { Epochs = epochs }, s_scores);
            double spent = rows.Where(row => row.Seed == seed && s_objectives.Contains(row.Name)).Max(row => row.Seconds);
            Add("hdge, labels", seed, () =>
            {
                var hdge = TrainingPresets.Fast with { Device = parsed.GetValue(_device), Detection = new() { Also = [DetectionScore.NearestNeighbors] }, EarlyStopping = new() { Patience = null } }; // all of its time
                return hdge with { Epochs = parsed.GetValue(_epochs) ?? Math.Max(1, (int)Math.Round(spent / EpochSeconds(train, hdge, context))) };
            }, [DetectionScore.LogDensity, DetectionScore.NearestNeighbors]);
        }
        var table = Table(rows, unknown);
        context.Console.Write(table);
        JsonFile.WriteText(Path.Combine(folder, "represent.md"), ConsoleTables.Markdown(table));
        context.Output.WriteLine($"written: {Path.Combine(folder, "represent.md")}, {file}");

        void Add(string name, int seed, Func<TrainingOptions> how, DetectionScore[] scores)
        {
            if (rows.Exists(row => row.Name == name && row.Seed == seed))
                return;
            rows.Add(Measure(name, how() with { Seed = seed }, train, test, unknown, scores, seed == 0 ? folder : null, context) with { Settings = settings });
            JsonFile.Write(file, rows); // what is done is never lost
        }
    }

    private TrainingOptions Training(ParseResult parsed, ImageSet train)
    {
        var preset = TrainingPresets.GcrlFast;
        var network = (PixelTransformerOptions)preset.Network with { Reduction = parsed.GetValue(_reduction), Colors = parsed.GetValue(_colors) ?? (train.Shape.Channels == 1 ? 16 : 64) };
        return preset with
        {
            Network = network with { Width = parsed.GetValue(_width) ?? network.Width },
            Device = parsed.GetValue(_device),
            Detection = new() { Score = DetectionScore.LogLikelihood, Also = s_scores },
        };
    }

    /// <summary>How long an epoch takes, from the second of two over some images.</summary>
    private static double EpochSeconds(ImageSet train, TrainingOptions options, CommandContext context)
    {
        var some = train.Take(TimedImages * options.BatchSize);
        var ends = new List<double>();
        using (ModelTrainer.Train(some, options with { Epochs = 2, ValidationFraction = 0, Objective = WithShortEnd(options.Objective) }, new TrainingCallbacks
        {
            Epoch = m =>
            {
                if (m.Stage == TrainingStage.Network)
                    ends.Add(Spent(options.Device));
            },
        }, context.Cancellation))
            return (ends[1] - ends[0]) * train.Count * (1 - options.ValidationFraction) / some.Count;
    }

    /// <summary>Seconds so far: of the processors, which other processes do not change; of the clock on a GPU.</summary>
    private static double Spent(string? device)
    {
        if (Devices.Resolve(device).type != TorchSharp.DeviceType.CPU)
            return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static ObjectiveOptions WithShortEnd(ObjectiveOptions objective) => objective is GenerativeContrastiveOptions contrastive ? contrastive with { LinearEpochs = 1 } : objective;

    private static Row Measure(string name, TrainingOptions options, ImageSet train, ImageSet test, IReadOnlyList<UnknownSet<ImageSet>> unknown, IReadOnlyList<DetectionScore> scores, string? pictures, CommandContext context)
    {
        context.Output.WriteLine(FormattableString.Invariant($"{name}, seed {options.Seed}: {options.Epochs} epochs of {train.Count} images, {options.Network}"));
        double begin = Spent(options.Device), seconds = 0;
        using var model = ModelTrainer.Train(train, options, new TrainingCallbacks
        {
            Epoch = m =>
            {
                seconds = m.Stage == TrainingStage.Network ? Spent(options.Device) - begin : seconds;
                context.Output.WriteLine(m.ToString());
            },
        }, context.Cancellation);
        var predicted = model.Score(test, context.Cancellation).PredictedClass;
        bool pixels = options.Network is PixelTransformerOptions;
        if (pixels && pictures is not null && options.Objective is GenerativeContrastiveOptions { Alpha: > 0 })
            Draw(model, test, pictures, name, context);
        return new(name, options.Seed, "", options.Epochs, seconds,
            Enumerable.Range(0, test.Count).Count(i => predicted[i] == test.Labels[i]) / (double)test.Count,
            NeighborAccuracy.Of(model, train.Take(LargestSearch), test, cancellationToken: context.Cancellation),
            pixels ? model.BitsPerPixel(test, context.Cancellation) : null,
            pixels ? model.ColorEntropy() : null,
            Detect(model, test, unknown, scores, context.Cancellation));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, double>> Detect(HdgeModel model, ImageSet test, IReadOnlyList<UnknownSet<ImageSet>> unknown, IReadOnlyList<DetectionScore> scores, CancellationToken cancellationToken)
    {
        var known = model.DetectionScores(test, scores, cancellationToken);
        return unknown.ToDictionary(set => set.Name, IReadOnlyDictionary<string, double> (set) =>
        {
            var found = model.DetectionScores(set.Data, scores, cancellationToken);
            return scores.ToDictionary(score => score.Name, score => Auroc.Of(known[score], found[score]));
        });
    }

    private static void Draw(HdgeModel model, ImageSet test, string folder, string name, CommandContext context)
    {
        const int Columns = 10;
        var samples = SampleCommand.DrawPixels(model, new PixelSampleOptions { Count = 60 }, Columns, context);
        File.WriteAllBytes(Path.Combine(folder, $"samples-{name}.png"), ImageGrid.ToPng(samples, Columns));
        var completed = SampleCommand.DrawPixels(model, new PixelSampleOptions { Count = 30, Prompt = test.Take(30) }, Columns, context);
        File.WriteAllBytes(Path.Combine(folder, $"completions-{name}.png"), ImageGrid.ToPng(completed, Columns));
    }

    /// <summary>A row a run; its detection columns are those of the first score of pixels or density, the corrected one, and neighbours, a set each.</summary>
    private static MetricTable Table(List<Row> rows, IReadOnlyList<UnknownSet<ImageSet>> unknown)
    {
        string[] kinds = ["log p", "corrected", "kNN"];
        return new("Representations", ["epochs", "seconds", "probe", "kNN-20", "bits/pixel", .. unknown.SelectMany(set => kinds.Select(kind => $"{set.Name} {kind}"))],
        [
            .. rows.Select(row => new MetricRow(FormattableString.Invariant($"{row.Name}, seed {row.Seed}"),
            [
                row.Epochs, row.Seconds, row.Probe, row.Neighbors, row.BitsPerPixel ?? double.NaN,
                .. unknown.SelectMany(set => new[]
                {
                    row.Auroc[set.Name].GetValueOrDefault("log-likelihood", row.Auroc[set.Name].GetValueOrDefault("log-density", double.NaN)),
                    row.Auroc[set.Name].GetValueOrDefault("complexity-corrected", double.NaN), row.Auroc[set.Name]["nearest-neighbors"],
                }),
            ])),
        ])
        {
            RowHeading = "row",
            Format = "G4",
            HigherIsBetter = null,
            Note = FormattableString.Invariant($"Probe and kNN-20: accuracy on the test images. Bits a pixel of the quantised, reduced test images; the palette's colours alone have {rows[0].ColorEntropy:F3}. Then AUROC against unknown sets; log p of hdge is its log-density. Seconds of network training: of processors, of the clock on a GPU."),
        };
    }
}

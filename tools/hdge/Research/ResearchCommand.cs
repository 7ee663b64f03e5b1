using System.CommandLine;
using System.Globalization;
using Hdge.Cli.Data;
using Hdge.Cli.Evaluation;
using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Research;

/// <summary><c>research</c>: rows of objectives and augmentations, seeds, every score and set of unknown images; resumable.</summary>
internal sealed class ResearchCommand : Command
{
    private readonly Option<string> _train = CommandOptions.Required("--train", "PATH", "training images as `hdge train --dataset` takes them, or NAME.f32: vectors of 32-bit numbers with NAME.labels, a byte each, beside it");
    private readonly Option<string?> _known = CommandOptions.Text("--known", "PATH", "test images of the same classes (default: those of the training images' folder)");
    private readonly Option<string[]> _unknown = CommandOptions.List("--unknown", "SETS", "unknown images: name=PATH, with commas between them");
    private readonly Option<string[]> _rows = CommandOptions.List("--rows", "ROWS", ResearchRow.Help, "cross-entropy", "in-batch");
    private readonly Option<int> _seeds = CommandOptions.Whole("--seeds", "seeds 0 to N − 1; all rows with the first, then all with the second", 3, least: 1);
    private readonly Option<string> _recipe = CommandOptions.Text("--recipe", "NAME", $"what the rows have in common: {string.Join(", ", ResearchRecipe.Names)}", ResearchRecipe.QuickStart).Offering(ResearchRecipe.Names);
    private readonly Option<string?> _network = CommandOptions.Text("--network", "NAME", "wrn-DEPTH-WIDTH, resnet-18 or another that `hdge train` names, instead of the recipe's");
    private readonly Option<string?> _pretrained = TrainOptions.Pretrained();
    private readonly Option<int?> _inputSize = TrainOptions.InputSize();
    private readonly Option<Freeze?> _freeze = TrainOptions.Frozen();
    private readonly Option<int?> _epochs = CommandOptions.Whole("--epochs", "instead of the recipe's");
    private readonly Option<int?> _batch = CommandOptions.Whole("--batch", "images a step, instead of the recipe's");
    private readonly Option<double?> _learningRate = CommandOptions.Number("--learning-rate", "instead of the recipe's");
    private readonly Option<int?> _limit = CommandOptions.Whole("--limit", "takes the first N training images (default: all)");
    private readonly Option<int?> _testLimit = CommandOptions.Whole("--test-limit", "takes the first N images of each other set (default: all)");
    private readonly Option<string?> _device = TrainOptions.Device();
    private readonly Option<double?> _minutes = CommandOptions.Number("--minutes", "ends after so many minutes: a run that is not done by then is given up, what is done is kept");
    private readonly Option<string> _part = CommandOptions.Text("--part", "I/N", "does every N-th run from the I-th on, 0 first: for N processes at once", "0/1");
    private readonly Option<bool> _keepScores = CommandOptions.Flag("--keep-scores", "writes every score of every image into the folder's scores, 16-bit numbers, beside a list of what they are");
    private readonly Option<string> _out = TrainOptions.OutFolder("takes runs.jsonl (runs-I.jsonl of a part), a line a run, and research.md; runs that it has are not done again");

    public ResearchCommand(CommandContext context) : base("research", "Trains every row with every seed and measures accuracy, calibration and every detection score: tables with means and standard errors.")
    {
        foreach (var option in new Option[] { _train, _known, _unknown, _rows, _seeds, _recipe, _network, _pretrained, _inputSize, _freeze, _epochs, _batch, _learningRate, _limit, _testLimit, _device, _minutes, _part, _keepScores, _out })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private ResearchSettings Settings(ParseResult parsed) => new()
    {
        Recipe = parsed.GetRequiredValue(_recipe),
        Train = parsed.GetRequiredValue(_train),
        Known = parsed.GetValue(_known) ?? parsed.GetRequiredValue(_train),
        Unknown = (parsed.GetValue(_unknown) ?? []).Select(Named).ToDictionary(),
        Network = parsed.GetValue(_network),
        Pretrained = parsed.GetValue(_pretrained),
        InputSize = parsed.GetValue(_inputSize),
        Freeze = parsed.GetValue(_freeze),
        Epochs = parsed.GetValue(_epochs),
        Batch = parsed.GetValue(_batch),
        LearningRate = parsed.GetValue(_learningRate),
        Limit = parsed.GetValue(_limit),
        TestLimit = parsed.GetValue(_testLimit),
    };

    private void Run(ParseResult parsed, CommandContext context)
    {
        var settings = Settings(parsed);
        var (part, parts) = Part(parsed.GetRequiredValue(_part));
        string folder = parsed.GetRequiredValue(_out), key = settings.Key();
        ResearchRow[] rows = [.. (parsed.GetValue(_rows) is { Length: > 0 } names ? names : ["cross-entropy", "in-batch"]).Select(n => new ResearchRow(n))];
        var recipe = ResearchRecipe.Of(settings) with { Device = parsed.GetValue(_device), AllowTf32 = true };
        foreach (var row in rows)
            row.Apply(recipe); // before anything is loaded
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        if (parsed.GetValue(_minutes) is { } minutes)
            limit.CancelAfter(TimeSpan.FromMinutes(minutes));
        var log = new ResearchLog(folder, parts == 1 ? "runs.jsonl" : $"runs-{part}.jsonl");
        var done = log.Read().Where(r => r.Settings == key).Select(r => (r.Row, r.Seed)).ToHashSet();
        var runs = Enumerable.Range(0, parsed.GetValue(_seeds)).SelectMany(seed => rows.Select(row => (Row: row, Seed: seed))).Where((_, i) => i % parts == part).Where(r => !done.Contains((r.Row.Name, r.Seed))).ToList();
        var data = runs.Count > 0 ? Load(settings) : null;
        try
        {
            foreach (var (row, seed) in runs)
            {
                limit.Token.ThrowIfCancellationRequested();
                try
                {
                    var run = ResearchRun.Run(key, row, seed, recipe, data!, parsed.GetValue(_keepScores) ? Path.Combine(folder, "scores") : null, context.Output.WriteLine, limit.Token);
                    log.Add(run);
                    context.Output.WriteLine(Line(run));
                }
                catch (DivergenceException error)
                {
                    error.LastGoodModel?.Dispose();
                    context.Output.WriteLine($"{row.Name}, seed {seed}: {error.Message}");
                }
            }
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            context.Output.WriteLine("The time is over; the runs that were done are kept.");
        }
        string path = Path.Combine(folder, "research.md");
        Directory.CreateDirectory(folder);
        JsonFile.WriteText(path, ResearchTables.Of(log.Read()));
        context.Output.WriteLine($"written: {path}");
    }

    private static string Line(ResearchResult run)
    {
        return string.Create(CultureInfo.InvariantCulture, $"{run.Row}, seed {run.Seed}: {run.Seconds:F1} s ({run.TrainSeconds:F1} s training), accuracy {run.Accuracy:F3}, log-density {Mean("log-density"):F3}, centred {Mean("centred-density"):F3}, max probability {Mean("max-probability"):F3}, combination {Mean("combination"):F3}, {run.Chosen} {Mean(run.Chosen):F3}");

        double Mean(string score) => run.Auroc.Values.Select(set => set.GetValueOrDefault(score, double.NaN)).DefaultIfEmpty(double.NaN).Average();
    }

    private static ResearchData Load(ResearchSettings settings)
    {
        ImageSet train, known;
        if (FeatureFile.Is(settings.Train))
            (train, known) = (FeatureFile.Read(settings.Train, settings.Limit), FeatureFile.Read(settings.Known, settings.TestLimit));
        else
        {
            train = DataFolder.Load(settings.Train, settings.Limit).Train;
            known = DataFolder.LoadTest(settings.Known, settings.TestLimit, train.ClassCount, train.Shape);
        }
        var unknown = settings.Unknown.Select(u => new UnknownSet<ImageSet>(u.Key, u.Value.Length == 0 ? UnknownSets.Between(known)
            : FeatureFile.Is(u.Value) ? FeatureFile.Read(u.Value, settings.TestLimit) : DataFolder.LoadTest(u.Value, settings.TestLimit, shape: train.Shape))).ToList();
        foreach (var set in unknown)
            if (set.Data.Shape != train.Shape)
                throw new InvalidDataException($"The images of '{set.Name}' are {set.Data.Shape}, expected {train.Shape} as the training images.");
        return new(train, known, unknown);
    }

    private static KeyValuePair<string, string> Named(string part) => part.Split('=', 2) switch
    {
        [UnknownSets.Interpolated] => new(UnknownSets.Interpolated, ""),
        [{ Length: > 0 } name, { Length: > 0 } path] => new(name, path),
        _ => throw new ArgumentException($"--unknown has '{part}', expected name=PATH or {UnknownSets.Interpolated}."),
    };

    private static (int Part, int Parts) Part(string text) => text.Split('/') is [var i, var n]
        && int.TryParse(i, NumberStyles.None, CultureInfo.InvariantCulture, out int part) && int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out int parts) && part < parts
        ? (part, parts) : throw new ArgumentException($"--part is '{text}', expected I/N with I from 0 to N − 1.");
}

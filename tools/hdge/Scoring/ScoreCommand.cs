using System.CommandLine;
using System.Globalization;
using Hdge.Cli.Data;
using Hdge.Cli.Evaluation;
using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Persistence;
using Hdge.Reports;
using Spectre.Console;

namespace Hdge.Cli.Scoring;

/// <summary><c>score</c>: what a model says of images, as CSV or JSON lines.</summary>
internal sealed class ScoreCommand : Command
{
    private const string Csv = "csv", Jsonl = "jsonl";

    private readonly Argument<string[]> _images = new("images")
    {
        Description = "folders of photographs, photographs, CSV files that list photographs, folders of IDX or CIFAR-binary files (their test images), or such files",
        HelpName = "IMAGES",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> _model = EvaluationOptions.Model();
    private readonly Option<string?> _out = CommandOptions.Text("--out", "FILE", "takes the scores (default: standard output)");
    private readonly Option<string?> _format = CommandOptions.Text("--format", "NAME", $"{Csv} or {Jsonl} (default: by the name of --out, else {Csv})").Offering(Csv, Jsonl);
    private readonly Option<bool> _probabilities = CommandOptions.Flag("--probabilities", "writes the calibrated probabilities of all classes, too");
    private readonly Option<bool> _skip = SkipDamaged.Option();
    private readonly Option<string> _column = CommandOptions.Text("--column", "NAME", "column of a CSV file that names the photographs", "file");
    private readonly Option<string?> _classes = EvaluationOptions.Classes();
    private readonly Option<string?> _device = TrainOptions.Device();

    public ScoreCommand(CommandContext context) : base("score", "Writes class, confidence, log-density and the in-distribution flag of each image, as CSV or JSON lines.")
    {
        Add(_images);
        foreach (var option in new Option[] { _model, _out, _format, _probabilities, _skip, _column, _classes, _device })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private void Run(ParseResult parsed, CommandContext context)
    {
        string path = parsed.GetRequiredValue(_model);
        string format = Format(parsed.GetValue(_format), parsed.GetValue(_out));
        using var model = ModelLoading.Load(path, parsed.GetValue(_device));
        string[]? named = ClassNames.Read(path, parsed.GetValue(_classes), model.ClassCount);
        string[] names = named ?? [.. Enumerable.Range(0, model.ClassCount).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        bool probabilities = parsed.GetValue(_probabilities);
        var tell = SkipDamaged.Of(parsed.GetValue(_skip), context);
        int damaged = 0;
        var source = new ImageSource(model.InputShape, parsed.GetRequiredValue(_column), (file, reason) =>
        {
            var found = new DamagedFile(file, reason);
            if (tell is null)
                throw new InvalidDataException($"{found}. {SkipDamaged.Cure}");
            damaged++;
            tell(found);
        });

        if (parsed.GetValue(_out) is not { } file)
        {
            Write(context.Output, _ => { });
            return;
        }
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        int scored = WriteFile(file, context, Write);
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"written: {file}, {scored} images{(damaged > 0 ? $", {damaged} skipped" : "")}"));

        int Write(TextWriter text, Action<int> progress)
        {
            using IScoreWriter writer = format == Csv ? new CsvScores(text, model is HdgeEnsemble, probabilities ? names : null) : new JsonLines(text, probabilities);
            int count = 0;
            foreach (var chunk in parsed.GetRequiredValue(_images).SelectMany(source.Read))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                Score(model, chunk, names, writer, context.Cancellation);
                progress(count += chunk.Names.Count);
            }
            return count > 0 ? count : throw new InvalidDataException("There are no images to score.");
        }
    }

    private static void Score(IEvaluatedModel model, ImageChunk chunk, string[] names, IScoreWriter writer, CancellationToken cancellationToken)
    {
        var scores = new ScoreBatch(Math.Max(1, chunk.Names.Count), model.ClassCount);
        model.Score(chunk.Pixels.Span, chunk.Names.Count, scores, cancellationToken);
        for (int i = 0; i < scores.Count; i++)
        {
            if (!float.IsFinite(scores.LogDensity[i]) || !float.IsFinite(scores.DetectionScore[i]))
                throw new InvalidDataException($"The model's scores of '{chunk.Names[i]}' are not finite: its weights are damaged or its training failed.");
            writer.Write(new(chunk.Names[i], names[scores.PredictedClass[i]], scores.Confidence[i], scores.LogDensity[i], scores.DetectionScore[i], scores.IsInDistribution[i],
                model is HdgeEnsemble ? scores.Disagreement[i] : null, scores.CalibratedProbabilities.AsMemory(i * model.ClassCount, model.ClassCount)));
        }
    }

    /// <summary>The file appears only when it is whole. A terminal is shown how many images are done.</summary>
    private static int WriteFile(string path, CommandContext context, Func<TextWriter, Action<int>, int> write)
    {
        int scored = 0;
        WholeFile.Write(path, file =>
        {
            using var text = new StreamWriter(file, leaveOpen: true);
            scored = context.Console.Profile.Capabilities.Interactive ? context.Console.Status().Start("scoring", status => write(text, n => status.Status = $"scored {n} images")) : write(text, _ => { });
        });
        return scored;
    }

    private static string Format(string? given, string? file) => given switch
    {
        null => file is not null && Path.GetExtension(file).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".json" ? Jsonl : Csv,
        Csv or Jsonl => given,
        _ => throw new ArgumentException($"--format is '{given}', expected {Csv} or {Jsonl}."),
    };
}

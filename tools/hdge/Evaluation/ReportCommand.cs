using System.CommandLine;
using System.Globalization;
using Hdge.Cli.Training;
using Hdge.Reports;

namespace Hdge.Cli.Evaluation;

/// <summary><c>report</c>: how a model does on the reader's own images, as one HTML file; without the paper's noise and numbers.</summary>
internal sealed class ReportCommand : Command
{
    private readonly EvaluationOptions _options = new();
    private readonly Option<string> _title = CommandOptions.Text("--title", "TEXT", "heading of the report", "Evaluation");
    private readonly Option<string> _out = CommandOptions.Required("--out", "FILE.html", "takes the report; the model card lies beside it as FILE-model-card.md");

    public ReportCommand(CommandContext context) : base("report", "Shows accuracy, calibration and detection on your own images as one HTML file.")
    {
        _options.AddTo(this);
        Add(_title);
        Add(_out);
        SetAction(parsed => Run(_options.Read(parsed), parsed.GetRequiredValue(_title), parsed.GetRequiredValue(_out), context));
    }

    private static void Run(EvaluateSettings settings, string title, string path, CommandContext context)
    {
        using var input = EvaluationInput.Read(settings, context);
        var known = new KnownEvaluation(input.Model, input.Known, context.Cancellation);
        var detection = input.Detection(prepare: null, context.Cancellation);
        var made = input.Model.Single is { } alone ? new MadeOutlierEvaluation(alone, input.Known, settings.Seed, context.Cancellation) : null;
        string network = NetworkNames.Of(input.Model.NetworkOptions);
        var report = EvaluationReport.Of(title, input.ClassNames, known, detection, made, context.Cancellation) with
        {
            Subtitle = $"{Path.GetFileName(settings.Model)} ({network}) on {input.Known.Count} known images",
            Settings =
            [
                new("model", Path.GetFileName(settings.Model)), new("known images", settings.Known), new("unknown images", string.Join(", ", settings.Unknown)),
                new("images of each set at most", settings.Limit?.ToString(CultureInfo.InvariantCulture) ?? "all"), new("network", network),
            ],
        };
        context.Console.Write(ConsoleTables.Summary(report.Summary));
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        HtmlReport.Write(report, path);
        string card = Path.ChangeExtension(path, null) + "-model-card.md";
        if (input.Model.Single is { } single)
            ModelCard.Write(card, title, single, input.ClassNames, report);
        else
            ModelCard.Write(card, title, (HdgeEnsemble)input.Model, input.ClassNames, report);
        context.Output.WriteLine($"written: {path}, {card}");
    }
}

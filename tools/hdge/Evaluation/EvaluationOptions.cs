using System.CommandLine;
using Hdge.Cli.Data;
using Hdge.Cli.Training;
using Hdge.Detection;
using Hdge.Reports;

namespace Hdge.Cli.Evaluation;

/// <summary>The options of commands that look at a model with known and unknown images.</summary>
internal sealed class EvaluationOptions
{
    private readonly Option<string> _model = Model();
    private readonly Option<string> _known = CommandOptions.Required("--known", "PATH",
        "labelled images of the model's classes that it was not trained on: a folder of IDX or CIFAR-binary files, a CIFAR-binary file, or a folder of photographs by class");
    private readonly Option<string[]> _unknown = UnknownSets.Option();
    private readonly Option<string[]> _scores = CommandOptions.List("--scores", "NAMES", $"detection scores with commas between them; {ScoreNames.Free}: those without gradients; {ScoreNames.All}", ScoreNames.Free)
        .Offering([ScoreNames.Free, ScoreNames.All, .. ScoreNames.Every.Select(s => s.Name)]);
    private readonly Option<int?> _limit = CommandOptions.Whole("--limit", "takes the first N images of each set (default: all)");
    private readonly Option<string?> _classes = Classes();
    private readonly Option<bool> _skipDamaged = SkipDamaged.Option();
    private readonly Option<string?> _device = TrainOptions.Device();

    public static Option<string> Model() => CommandOptions.Required("--model", "FILE", "the model, as train writes it");

    public static Option<string?> Classes() => CommandOptions.Text("--classes", "FILE", "names of the classes, one a line (default: classes.txt beside the model, where there is one)");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _model, _known, _unknown, _scores, _limit, _classes, _skipDamaged, _device })
            command.Add(option);
    }

    public EvaluateSettings Read(ParseResult parsed) => new()
    {
        Model = parsed.GetRequiredValue(_model),
        Known = parsed.GetRequiredValue(_known),
        Unknown = parsed.GetValue(_unknown) ?? [],
        Scores = parsed.GetValue(_scores) is { Length: > 0 } names ? names : [ScoreNames.Free],
        Limit = parsed.GetValue(_limit),
        Classes = parsed.GetValue(_classes),
        SkipDamaged = parsed.GetValue(_skipDamaged),
        Device = parsed.GetValue(_device),
    };
}

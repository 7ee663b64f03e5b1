using System.CommandLine;
using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Sampling;
using Spectre.Console;

namespace Hdge.Cli.Evaluation;

/// <summary><c>sample</c>: images drawn from a model by SGLD (the paper's Figure 3), as one PNG.</summary>
internal sealed class SampleCommand : Command
{
    private readonly Option<string> _model = EvaluationOptions.Model();
    private readonly Option<string> _out = CommandOptions.Required("--out", "FILE.png", "takes the images");
    private readonly Option<int> _count = CommandOptions.Whole("--count", "number of images", 100, least: 1);
    private readonly Option<int?> _steps = CommandOptions.Whole("--steps", "SGLD steps an image (default: 1000)");
    private readonly Option<int> _columns = CommandOptions.Whole("--columns", "images a row", 10, least: 1);
    private readonly Option<int> _seed = CommandOptions.Whole("--seed", "seed of the chains", 0, least: 0);
    private readonly Option<bool> _byClass = CommandOptions.Flag("--by-class", "draws from log q(x|y), as many of each class");
    private readonly Option<string?> _device = TrainOptions.Device();

    public SampleCommand(CommandContext context) : base("sample", "Draws images from a model by SGLD, as one PNG.")
    {
        foreach (var option in new Option[] { _model, _out, _count, _steps, _columns, _seed, _byClass, _device })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private void Run(ParseResult parsed, CommandContext context)
    {
        string path = parsed.GetRequiredValue(_out);
        using var model = HdgeModel.Load(parsed.GetRequiredValue(_model), parsed.GetValue(_device));
        var samples = Draw(model, parsed.GetValue(_count), parsed.GetValue(_steps), parsed.GetValue(_seed), parsed.GetValue(_byClass), context);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        File.WriteAllBytes(path, ImageGrid.ToPng(samples, parsed.GetValue(_columns)));
        context.Output.WriteLine($"written: {path}");
    }

    /// <summary>Draws with a bar that shows the steps.</summary>
    public static ImageSet Draw(HdgeModel model, int count, int? steps, int seed, bool byClass, CommandContext context)
    {
        var options = new SampleOptions { Count = count, Seed = seed, Classes = byClass ? [.. Enumerable.Range(0, model.ClassCount)] : null };
        if (steps is { } wanted)
            options = options with { Chain = options.Chain with { Steps = wanted } };
        return context.Console.Progress().Start(progress =>
        {
            var task = progress.AddTask("sampling", maxValue: 1);
            return model.Sample(options, done => task.Value = done, context.Cancellation);
        });
    }
}

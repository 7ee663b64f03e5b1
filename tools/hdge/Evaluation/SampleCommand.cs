using Hdge;
using Hdge.Data;
using Hdge.Sampling;
using Spectre.Console;

namespace Hdge.Cli.Evaluation;

/// <summary><c>sample</c>: images drawn from a model by SGLD (the paper's Figure 3), as one PNG.</summary>
internal static class SampleCommand
{
    public static void Run(string[] args, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var options = new OptionReader(args, ["--model", "--out", "--count", "--steps", "--columns", "--seed", "--device"], ["--by-class"]);
        string path = options.Required("--out");
        using var model = HdgeModel.Load(options.Required("--model"), options.Text("--device"));
        var samples = Draw(model, options.Whole("--count") ?? 100, options.Whole("--steps"), options.Whole("--seed", 0) ?? 0, options.Has("--by-class"), console, cancellationToken);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        File.WriteAllBytes(path, ImageGrid.ToPng(samples, options.Whole("--columns") ?? 10));
        console.Profile.Out.Writer.WriteLine($"written: {path}");
    }

    /// <summary>Draws with a bar that shows the steps.</summary>
    public static ImageSet Draw(HdgeModel model, int count, int? steps, int seed, bool byClass, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var options = new SampleOptions { Count = count, Seed = seed, Classes = byClass ? [.. Enumerable.Range(0, model.ClassCount)] : null };
        if (steps is { } wanted)
            options = options with { Chain = options.Chain with { Steps = wanted } };
        return console.Progress().Start(progress =>
        {
            var task = progress.AddTask("sampling", maxValue: 1);
            return model.Sample(options, done => task.Value = done, cancellationToken);
        });
    }
}

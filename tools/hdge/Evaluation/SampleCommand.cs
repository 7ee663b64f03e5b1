using System.CommandLine;
using Hdge.Cli.Data;
using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Reports;
using Hdge.Sampling;
using Spectre.Console;

namespace Hdge.Cli.Evaluation;

/// <summary><c>sample</c>: images drawn from a model, by SGLD (the paper's Figure 3) or, where it predicts pixels, pixel by pixel, as one PNG.</summary>
internal sealed class SampleCommand : Command
{
    private readonly Option<string> _model = EvaluationOptions.Model();
    private readonly Option<string> _out = CommandOptions.Required("--out", "FILE.png", "takes the images");
    private readonly Option<int> _count = CommandOptions.Whole("--count", "number of images", 100, least: 1);
    private readonly Option<int?> _steps = CommandOptions.Whole("--steps", "SGLD steps an image (default: 1000)");
    private readonly Option<int> _columns = CommandOptions.Whole("--columns", "images a row", 10, least: 1);
    private readonly Option<int> _seed = CommandOptions.Whole("--seed", "seed of the chains", 0, least: 0);
    private readonly Option<bool> _byClass = CommandOptions.Flag("--by-class", "draws from log q(x|y), as many of each class");
    private readonly Option<double> _temperature = CommandOptions.Number("--temperature", "of a model that predicts pixels: below 1 likelier images", 1);
    private readonly Option<int> _top = CommandOptions.Whole("--top-colors", "of a model that predicts pixels: draws among that many of the likeliest colours; 0 among all", 0, least: 0);
    private readonly Option<string?> _prompt = CommandOptions.Text("--prompt", "PATH", "of a model that predicts pixels: images whose upper half is kept, each with itself above its completion");
    private readonly Option<int> _rows = CommandOptions.Whole("--prompt-rows", "rows of the prompt that are kept, of the model's reduced images; 0 for half", 0, least: 0);
    private readonly Option<string?> _quality = CommandOptions.Text("--quality", "PATH", "compares the drawn images with these real ones: Fréchet distance and class diversity, by the features of --judge");
    private readonly Option<string?> _judge = Judge();
    private readonly Option<string?> _device = TrainOptions.Device();

    public static Option<string?> Judge() => CommandOptions.Text("--judge", "FILE", "the model whose features and probabilities judge drawn images, for example one on pre-trained weights (default: --model)");

    public SampleCommand(CommandContext context) : base("sample", "Draws images from a model, by SGLD or pixel by pixel, as one PNG.")
    {
        foreach (var option in new Option[] { _model, _out, _count, _steps, _columns, _seed, _byClass, _temperature, _top, _prompt, _rows, _quality, _judge, _device })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private void Run(ParseResult parsed, CommandContext context)
    {
        string path = parsed.GetRequiredValue(_out);
        if (parsed.GetValue(_quality) is not null && parsed.GetValue(_prompt) is not null)
            throw new ArgumentException("--quality is given with --prompt, expected one of them: completions are half real.");
        using var model = HdgeModel.Load(parsed.GetRequiredValue(_model), parsed.GetValue(_device));
        var samples = model.NetworkOptions is PixelTransformerOptions
            ? DrawPixels(model, Pixels(model, parsed), parsed.GetValue(_columns), context)
            : Draw(model, parsed.GetValue(_count), parsed.GetValue(_steps), parsed.GetValue(_seed), parsed.GetValue(_byClass), context);
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        File.WriteAllBytes(path, ImageGrid.ToPng(samples, parsed.GetValue(_columns)));
        if (parsed.GetValue(_quality) is { } real)
        {
            var quality = Quality(model, parsed.GetValue(_judge), parsed.GetValue(_device), samples, DataFolder.LoadTest(real, shape: model.InputShape), parsed.GetValue(_seed), context);
            context.Console.Write(quality.Table());
            context.Output.WriteLine(quality.Note);
        }
        context.Output.WriteLine($"written: {path}");
    }

    /// <summary>Drawn images beside real ones, by a network.</summary>
    /// <param name="model">The model that drew them.</param>
    /// <param name="judge">File of the model that judges; null for that one.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="drawn">The drawn images.</param>
    /// <param name="real">Real ones.</param>
    /// <param name="seed">Draws which real ones are taken.</param>
    /// <param name="context">Ends it.</param>
    public static SampleQuality Quality(HdgeModel model, string? judge, string? device, ImageSet drawn, ImageSet real, int seed, CommandContext context)
    {
        if (judge is null)
            return SampleQuality.Of(model, drawn, real, seed, context.Cancellation);
        using var other = HdgeModel.Load(judge, device);
        return SampleQuality.Of(other, drawn, real, seed, context.Cancellation);
    }

    private PixelSampleOptions Pixels(HdgeModel model, ParseResult parsed)
    {
        int count = parsed.GetValue(_count);
        return new()
        {
            Count = count,
            Seed = parsed.GetValue(_seed),
            Temperature = parsed.GetValue(_temperature),
            TopColors = parsed.GetValue(_top),
            Prompt = parsed.GetValue(_prompt) is { } path ? DataFolder.LoadTest(path, count, shape: model.InputShape) : null,
            PromptRows = parsed.GetValue(_rows),
        };
    }

    /// <summary>Draws pixel by pixel with a bar; completions with the images themselves in the row above.</summary>
    public static ImageSet DrawPixels(HdgeModel model, PixelSampleOptions options, int columns, CommandContext context)
    {
        var drawn = context.Console.Progress().Start(progress =>
        {
            var task = progress.AddTask("sampling", maxValue: 1);
            return model.SamplePixels(options, done => task.Value = done, context.Cancellation);
        });
        if (options.Prompt is not { IsBytes: true } prompt)
            return drawn;
        var rows = new List<byte>();
        for (int at = 0; at < drawn.Count; at += columns)
        {
            int count = Math.Min(columns, drawn.Count - at);
            for (int i = at; i < at + count; i++)
                rows.AddRange(prompt.Bytes(i % prompt.Count));
            rows.AddRange(new byte[(columns - count) * drawn.Shape.Length]);
            rows.AddRange(drawn.Bytes(at, count));
        }
        return ImageSet.FromBytes(drawn.Shape, [.. rows], new int[rows.Count / drawn.Shape.Length], 1);
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

using System.CommandLine;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Training;

/// <summary>The options that every command which trains has; the objective and its bank are the command's own.</summary>
internal sealed class TrainOptions
{
    private readonly Option<string> _dataset = CommandOptions.Required("--dataset", "PATH",
        "images: a folder of IDX or CIFAR-binary files, a CIFAR-binary file, or a folder of photographs (CLASS/*.jpg, or train/CLASS/*.jpg and test/CLASS/*.jpg)");
    private readonly Option<string> _preset = CommandOptions.Text("--preset", "NAME", "network, augmentation, optimiser and schedule: fast, jem, wideresnet, gcrlfast, gcrl", "fast")
        .Offering([.. TrainingPresets.Names.Select(n => n.ToLowerInvariant())]);
    private readonly Option<int> _seed = CommandOptions.Whole("--seed", "seed of everything random", 0, least: 0);
    private readonly Option<int?> _epochs = CommandOptions.Whole("--epochs", "passes over the images, instead of the preset's");
    private readonly Option<int?> _limit = CommandOptions.Whole("--limit", "takes the first N images of each part (default: all)");
    private readonly Option<string?> _shape = CommandOptions.Text("--shape", "CxHxW", "channels, height and width that photographs are brought to (default: 3x32x32)");
    private readonly Option<int?> _batch = CommandOptions.Whole("--batch", "images a step, instead of the preset's");
    private readonly Option<string?> _network = CommandOptions.Text("--network", "NAME", "wrn-DEPTH-WIDTH or resnet-50, instead of the preset's")
        .Offering("wrn-10-1", "wrn-16-4", "wrn-28-10", "resnet-50");
    private readonly Option<Normalization?> _normalization = CommandOptions.Named<Normalization>("--normalization", "NAME", "of a WideResNet, instead of the preset's");
    private readonly Option<double?> _learningRate = CommandOptions.Number("--learning-rate", "instead of the preset's");
    private readonly Option<string?> _device = Device();

    public static Option<string> Objective() =>
        CommandOptions.Required("--objective", "NAME", "what is minimised: a name that `hdge train --list` prints").Offering(Names());

    public static Option<string> Objective(string otherwise) =>
        CommandOptions.Text("--objective", "NAME", "what is minimised, one with a memory bank", otherwise).Offering(Names());

    public static Option<int?> Bank() => CommandOptions.Whole("--bank", "negatives K in the memory bank, for objectives that have one (default: the objective's)");

    public static Option<string?> Device() => CommandOptions.Text("--device", "NAME", "cpu, cuda, cuda:1 … (default: a GPU when there is one)").Offering("cpu", "cuda");

    public static Option<string> OutFolder(string description) => CommandOptions.Required("--out", "FOLDER", description);

    public static Option<bool> Resume() => CommandOptions.Flag("--resume", "goes on after the last whole epoch of a run that was killed; leaves a finished run as it is");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _dataset, _preset, _seed, _epochs, _limit, _shape, _batch, _network, _normalization, _learningRate, _device })
            command.Add(option);
    }

    public TrainSettings Read(ParseResult parsed, string objective, int? bank) => new()
    {
        Objective = objective,
        Dataset = parsed.GetRequiredValue(_dataset),
        Preset = parsed.GetRequiredValue(_preset),
        Seed = parsed.GetValue(_seed),
        Epochs = parsed.GetValue(_epochs),
        Limit = parsed.GetValue(_limit),
        Shape = parsed.GetValue(_shape),
        Batch = parsed.GetValue(_batch),
        Network = parsed.GetValue(_network),
        Normalization = parsed.GetValue(_normalization),
        LearningRate = parsed.GetValue(_learningRate),
        Bank = bank,
        Device = parsed.GetValue(_device),
    };

    private static string[] Names() => [.. Training.Objective.All.Select(o => o.Name)];
}

using System.CommandLine;
using Hdge.Calibration;
using Hdge.Cli.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Training;

/// <summary>The options that every command which trains has; the objective and its bank are the command's own.</summary>
internal sealed class TrainOptions
{
    private readonly Option<string> _dataset = CommandOptions.Required("--dataset", "PATH",
        "images: a folder of IDX or CIFAR-binary files, a CIFAR-binary file, or a folder of photographs (CLASS/*.jpg, or train/CLASS/*.jpg and test/CLASS/*.jpg)");
    private readonly Option<string> _preset = CommandOptions.Text("--preset", "NAME", "network, augmentation, optimiser and schedule: " + string.Join(", ", TrainingPresets.Names.Select(n => n.ToLowerInvariant())), "fast")
        .Offering([.. TrainingPresets.Names.Select(n => n.ToLowerInvariant())]);
    private readonly Option<int> _seed = CommandOptions.Whole("--seed", "seed of everything random", 0, least: 0);
    private readonly Option<int?> _epochs = CommandOptions.Whole("--epochs", "passes over the images, instead of the preset's");
    private readonly Option<int?> _limit = CommandOptions.Whole("--limit", "takes the first N images of each part (default: all)");
    private readonly Option<string?> _shape = CommandOptions.Text("--shape", "CxHxW", "channels, height and width that photographs are brought to (default: 3x32x32)");
    private readonly Option<int?> _batch = CommandOptions.Whole("--batch", "images a step, instead of the preset's");
    private readonly Option<string?> _network = CommandOptions.Text("--network", "NAME", "wrn-DEPTH-WIDTH, resnet-18, resnet-50, resnet-18-small or resnet-50-small, instead of the preset's")
        .Offering("wrn-10-1", "wrn-16-4", "wrn-28-10", "resnet-18", "resnet-50", "resnet-18-small", "resnet-50-small");
    private readonly Option<int?> _inputSize = InputSize();
    private readonly Option<string?> _pretrained = Pretrained();
    private readonly Option<Freeze?> _freeze = Frozen();
    private readonly Option<Normalization?> _normalization = CommandOptions.Named<Normalization>("--normalization", "NAME", "of a WideResNet, instead of the preset's");
    private readonly Option<double?> _learningRate = CommandOptions.Number("--learning-rate", "instead of the preset's");
    private readonly Option<string?> _validation = CommandOptions.Text("--validation", "PATH", "labelled images that are held out in place of a part of the training images, as those of --known");
    private readonly Option<int?> _patience = CommandOptions.Whole("--patience", "epochs without a better one after which training ends, keeping the best; 0 trains all epochs and keeps the last, instead of the preset's", least: 0);
    private readonly Option<string?> _classWeights = CommandOptions.Text("--class-weights", "WEIGHTS", "none, balanced, or a number a class with commas between (default: none)").Offering("none", "balanced");
    private readonly Option<double?> _labelSmoothing = CommandOptions.Number("--label-smoothing", "share of the target spread over all classes, instead of the objective's");
    private readonly Option<double?> _mixup = CommandOptions.Number("--mixup", "α of Mixup (default: 0, none)");
    private readonly Option<double?> _cutMix = CommandOptions.Number("--cutmix", "α of CutMix (default: 0, none)");
    private readonly Option<double?> _erasing = CommandOptions.Number("--erasing", "probability of random erasing (default: 0, none)");
    private readonly Option<string?> _randAugment = CommandOptions.Text("--randaugment", "N,M", "changes an image and their strength 0..30 (default: none)").Offering("2,9");
    private readonly Option<string?> _calibration = CommandOptions.Text("--calibration", "NAME", "how confidences are calibrated (default: temperature)")
        .Offering([.. CalibrationMethod.BuiltIn.Prepend(CalibrationMethod.Auto).Append(CalibrationMethod.DensityTemperature).Select(m => m.Name.ToLowerInvariant())]);
    private readonly Option<string?> _log = CommandOptions.Text("--log", "FOLDER", "takes TensorBoard events");
    private readonly Option<bool> _skipDamaged = SkipDamaged.Option();
    private readonly Option<string?> _device = Device();

    public static Option<string> Objective() =>
        CommandOptions.Required("--objective", "NAME", "what is minimised: a name that `hdge train --list` prints").Offering(Names());

    public static Option<string> Objective(string otherwise) =>
        CommandOptions.Text("--objective", "NAME", "what is minimised, one with a memory bank", otherwise).Offering(Names());

    public static Option<int?> Bank() => CommandOptions.Whole("--bank", "negatives K in the memory bank, for objectives that have one (default: the objective's)");

    public static Option<int?> InputSize() => CommandOptions.Whole("--input-size", "shorter side to which a ResNet brings its images; pre-trained weights know things of 224 pixels (default: as they are)");

    public static Option<string?> Pretrained() => CommandOptions.Text("--pretrained", "NAME", "weights to start from: imagenet-resnet18, or a .safetensors, .hdge, .zip or .onnx file").Offering("imagenet-resnet18");

    public static Option<Freeze?> Frozen() => CommandOptions.Named<Freeze>("--freeze", "NAME", "how much of the pre-trained network stays as it is");

    public static Option<string?> Device() => CommandOptions.Text("--device", "NAME", "cpu, cuda, cuda:1 … (default: a GPU when there is one)").Offering("cpu", "cuda");

    public static Option<string> OutFolder(string description) => CommandOptions.Required("--out", "FOLDER", description);

    public static Option<int?> Members() => CommandOptions.Whole("--members", $"trains an ensemble of that many models, at most {HdgeEnsemble.MostMembers}, from different seeds (default: one model)");

    public static Option<bool> Resume() => CommandOptions.Flag("--resume", "goes on after the last whole epoch of a run that was killed; leaves a finished run as it is");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _dataset, _preset, _seed, _epochs, _limit, _shape, _batch, _network, _inputSize, _pretrained, _freeze, _normalization, _learningRate, _validation, _patience, _classWeights, _labelSmoothing, _mixup, _cutMix, _erasing,
            _randAugment, _calibration, _log, _skipDamaged, _device })
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
        InputSize = parsed.GetValue(_inputSize),
        Pretrained = parsed.GetValue(_pretrained),
        Freeze = parsed.GetValue(_freeze),
        Normalization = parsed.GetValue(_normalization),
        LearningRate = parsed.GetValue(_learningRate),
        Validation = parsed.GetValue(_validation),
        Patience = parsed.GetValue(_patience),
        ClassWeights = parsed.GetValue(_classWeights),
        LabelSmoothing = parsed.GetValue(_labelSmoothing),
        Mixup = parsed.GetValue(_mixup),
        CutMix = parsed.GetValue(_cutMix),
        Erasing = parsed.GetValue(_erasing),
        RandAugment = parsed.GetValue(_randAugment),
        Calibration = parsed.GetValue(_calibration),
        Log = parsed.GetValue(_log),
        SkipDamaged = parsed.GetValue(_skipDamaged),
        Bank = bank,
        Device = parsed.GetValue(_device),
    };

    private static string[] Names() => [.. Training.Objective.All.Select(o => o.Name)];
}

using System.Globalization;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Training;

/// <summary>What a training run depends on, as given on the command line; null takes the preset's value.</summary>
internal sealed record TrainSettings
{
    public required string Objective { get; init; }

    public required string Dataset { get; init; }

    public string Preset { get; init; } = "fast";

    public int Seed { get; init; }

    public int? Epochs { get; init; }

    /// <summary>Training images, and test images, at most: the first ones.</summary>
    public int? Limit { get; init; }

    /// <summary>For photographs: "3x32x32" (channels, height, width), to which each is brought.</summary>
    public string? Shape { get; init; }

    public int? Batch { get; init; }

    /// <summary>"wrn-10-1" (depth, width), "resnet-18" or "resnet-50".</summary>
    public string? Network { get; init; }

    /// <summary>Shorter side to which a ResNet brings its images.</summary>
    public int? InputSize { get; init; }

    /// <summary>"imagenet-resnet18" or a file.</summary>
    public string? Pretrained { get; init; }

    public Freeze? Freeze { get; init; }

    public Normalization? Normalization { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>Negatives K in the memory bank, where the objective has one.</summary>
    public int? Bank { get; init; }

    public string? Device { get; init; }

    /// <summary>Models of an ensemble; null for one alone.</summary>
    public int? Members { get; init; }

    /// <summary>Name of a calibration method.</summary>
    public string? Calibration { get; init; }

    /// <summary>Path of the images that are held out; null for a part of the training images.</summary>
    public string? Validation { get; init; }

    /// <summary>0 for no early stopping.</summary>
    public int? Patience { get; init; }

    /// <summary>"none", "balanced" or numbers.</summary>
    public string? ClassWeights { get; init; }

    public double? LabelSmoothing { get; init; }

    public double? Mixup { get; init; }

    public double? CutMix { get; init; }

    /// <summary>Probability.</summary>
    public double? Erasing { get; init; }

    /// <summary>"2,9": operations and magnitude.</summary>
    public string? RandAugment { get; init; }

    /// <summary>Folder for TensorBoard events.</summary>
    public string? Log { get; init; }

    /// <summary>Whether photographs that cannot be read are left out.</summary>
    public bool SkipDamaged { get; init; }

    /// <summary>The command line that gives these settings.</summary>
    public IEnumerable<string> ToArguments() =>
        new (string Name, object? Value)[]
        {
            ("--objective", Objective), ("--dataset", Dataset), ("--preset", Preset), ("--seed", Seed), ("--epochs", Epochs), ("--limit", Limit), ("--shape", Shape), ("--batch", Batch),
            ("--network", Network), ("--input-size", InputSize), ("--pretrained", Pretrained), ("--freeze", Freeze), ("--normalization", Normalization), ("--learning-rate", LearningRate), ("--bank", Bank), ("--device", Device), ("--members", Members), ("--calibration", Calibration),
            ("--validation", Validation), ("--patience", Patience), ("--class-weights", ClassWeights), ("--label-smoothing", LabelSmoothing), ("--mixup", Mixup), ("--cutmix", CutMix), ("--erasing", Erasing),
            ("--randaugment", RandAugment), ("--log", Log),
        }.Where(o => o.Value is not null).SelectMany(o => new[] { o.Name, Convert.ToString(o.Value, CultureInfo.InvariantCulture)! }).Concat(SkipDamaged ? ["--skip-damaged"] : []);

    /// <summary>The preset, changed as asked.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or the objective has no bank whose size could be set.</exception>
    public TrainingOptions ToOptions()
    {
        var objective = Training.Objective.Named(Objective);
        var preset = objective.Fit(TrainingPresets.Parse(Preset));
        var network = NetworkNames.Change(preset.Network, Network, Normalization, InputSize);
        return preset with
        {
            Seed = Seed,
            Epochs = Epochs ?? preset.Epochs,
            BatchSize = Batch ?? preset.BatchSize,
            LearningRate = LearningRate ?? preset.LearningRate,
            Device = Device,
            CalibrationMethod = Calibration is null ? preset.CalibrationMethod : CalibrationMethod.Parse(Calibration),
            EarlyStopping = Patience switch { null => preset.EarlyStopping, 0 => null, _ => new EarlyStoppingOptions { Patience = Patience } },
            ClassWeights = ClassWeights is null ? preset.ClassWeights : ParseWeights(ClassWeights),
            LabelSmoothing = LabelSmoothing ?? preset.LabelSmoothing,
            LogDirectory = Log,
            Augmentation = preset.Augmentation with
            {
                Mixup = Mixup ?? preset.Augmentation.Mixup,
                CutMix = CutMix ?? preset.Augmentation.CutMix,
                Erasing = Erasing is > 0 ? new RandomErasingOptions { Probability = Erasing.Value } : preset.Augmentation.Erasing,
                RandAugment = RandAugment is null ? preset.Augmentation.RandAugment : ParseRandAugment(RandAugment),
            },
            Network = network,
            Pretrained = Pretrained,
            Freeze = Freeze ?? Networks.Freeze.None,
            Objective = Bank is not { } bank ? preset.Objective
                : objective.WithBank(bank) ?? throw new ArgumentException($"--bank is {bank}, but {Objective} has no memory bank."),
            Detection = preset.Detection with { Also = network is PixelTransformerOptions ? [.. DetectorRegistry.GradientFree, .. DetectorRegistry.OfPixels] : DetectorRegistry.GradientFree },
        };
    }

    private static ClassWeights ParseWeights(string text)
    {
        if (text.Equals("none", StringComparison.OrdinalIgnoreCase))
            return Hdge.Training.ClassWeights.None;
        if (text.Equals("balanced", StringComparison.OrdinalIgnoreCase))
            return Hdge.Training.ClassWeights.Balanced;
        var values = text.Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : throw new ArgumentException($"--class-weights is '{text}', expected none, balanced, or numbers with commas between them.")).ToArray();
        return Hdge.Training.ClassWeights.Given(values);
    }

    private static RandAugmentOptions ParseRandAugment(string text)
    {
        string[] parts = text.Split(',');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int operations) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int magnitude)
            ? new RandAugmentOptions { Operations = operations, Magnitude = magnitude }
            : throw new ArgumentException($"--randaugment is '{text}', expected two whole numbers: 2,9.");
    }
}

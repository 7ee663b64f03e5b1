using System.Globalization;
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

    /// <summary>"wrn-10-1" (depth, width) or "resnet-50".</summary>
    public string? Network { get; init; }

    public Normalization? Normalization { get; init; }

    public double? LearningRate { get; init; }

    /// <summary>Negatives K in the memory bank, where the objective has one.</summary>
    public int? Bank { get; init; }

    public string? Device { get; init; }

    /// <summary>The command line that gives these settings.</summary>
    public IEnumerable<string> ToArguments() =>
        new (string Name, object? Value)[]
        {
            ("--objective", Objective), ("--dataset", Dataset), ("--preset", Preset), ("--seed", Seed), ("--epochs", Epochs), ("--limit", Limit), ("--shape", Shape), ("--batch", Batch),
            ("--network", Network), ("--normalization", Normalization), ("--learning-rate", LearningRate), ("--bank", Bank), ("--device", Device),
        }.Where(o => o.Value is not null).SelectMany(o => new[] { o.Name, Convert.ToString(o.Value, CultureInfo.InvariantCulture)! });

    /// <summary>The preset, changed as asked.</summary>
    /// <exception cref="ArgumentException">A name is unknown, or the objective has no bank whose size could be set.</exception>
    public TrainingOptions ToOptions()
    {
        var objective = Training.Objective.Named(Objective);
        var preset = objective.Fit(TrainingPresets.Parse(Preset));
        var network = NetworkNames.Change(preset.Network, Network, Normalization);
        return preset with
        {
            Seed = Seed,
            Epochs = Epochs ?? preset.Epochs,
            BatchSize = Batch ?? preset.BatchSize,
            LearningRate = LearningRate ?? preset.LearningRate,
            Device = Device,
            Network = network,
            Objective = Bank is not { } bank ? preset.Objective
                : objective.WithBank(bank) ?? throw new ArgumentException($"--bank is {bank}, but {Objective} has no memory bank."),
            Detection = preset.Detection with { Also = network is PixelTransformerOptions ? [.. DetectorRegistry.GradientFree, .. DetectorRegistry.OfPixels] : DetectorRegistry.GradientFree },
        };
    }
}

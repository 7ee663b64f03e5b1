using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Cli.Research;

/// <summary>A row of the tables by its name: an objective, then what it has beside it, with plus signs between.</summary>
/// <param name="Name">For example <c>cross-entropy+shuffled+pixmix</c>.</param>
internal sealed record ResearchRow(string Name)
{
    private const string Made = "made", Negatives = "negatives", Without = "-without:";

    public const string Help = "objectives (hdge train --list) with commas between, each followed by any of +shuffled, +shuffled-head (shuffled features as negatives; of the last layer alone), "
        + "+made (a density ratio to self-made negatives), +negatives (these within the in-batch form's own contrast), each also as +made-without:KIND.KIND, +ascood (no class for images whose telling pixels are shuffled), "
        + "+rotation (a head for turns), +pixmix, +cutout, +hidden-N (a hidden layer, for features)";

    private static readonly MadeKind[] s_kinds = [.. Enum.GetValues<MadeKind>().Except([MadeKind.Salient])]; // the published objective of that one is a row of its own

    /// <summary>The recipe's options as the row changes them.</summary>
    /// <exception cref="ArgumentException">A part of the name is unknown.</exception>
    public TrainingOptions Apply(TrainingOptions recipe)
    {
        string[] parts = Name.Split('+');
        var options = Objective.Named(parts[0]).Fit(recipe);
        foreach (string part in parts.Skip(1))
            options = part switch
            {
                "shuffled" => options with { Objective = options.Objective with { DensityRatio = new() } },
                "shuffled-head" => options with { Objective = options.Objective with { DensityRatio = new() { TrainsFeatures = false } } },
                _ when Kinds(part, Made) is { } kinds => options with
                {
                    Objective = options.Objective with { DensityRatio = new() { ShuffledFeatures = options.Objective.DensityRatio?.ShuffledFeatures ?? false, Made = kinds } },
                },
                _ when Kinds(part, Negatives) is { } kinds => options with
                {
                    Objective = options.Objective is InBatchOptions inBatch ? inBatch with { Made = kinds } : throw new ArgumentException($"--rows has '{Name}', whose negatives stand within the in-batch form: expected them behind in-batch or gce."),
                },
                "ascood" => options with { Objective = options.Objective with { Uncertainty = new() } },
                "rotation" => options with
                {
                    Objective = options.Objective with { Rotation = new() },
                    Detection = options.Detection with { Also = [.. options.Detection.Also, DetectionScore.Rotation] },
                },
                "pixmix" => options with { Augmentation = options.Augmentation with { PixMix = new() } },
                "cutout" => options with { Augmentation = options.Augmentation with { Cutout = 16 } },
                _ when part.StartsWith("hidden-", StringComparison.Ordinal) && int.TryParse(part["hidden-".Length..], out int units) && options.Network is Networks.FeatureNetworkOptions network =>
                    options with { Network = network with { Hidden = [units] } },
                _ => throw new ArgumentException($"--rows has '{Name}', whose part '{part}' is unknown. Expected {Help}."),
            };
        return options;
    }

    /// <summary>All kinds for "NAME", those that are left for "NAME-without:KIND.KIND", null for anything else.</summary>
    private static MadeKind[]? Kinds(string part, string name) => part == name ? s_kinds
        : part.StartsWith(name + Without, StringComparison.Ordinal) ? [.. s_kinds.Except(part[(name.Length + Without.Length)..].Split('.').Select(Kind))] : null;

    private static MadeKind Kind(string name) => Enum.TryParse<MadeKind>(name, ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind
        : throw new ArgumentException($"--rows has the kind '{name}', expected {string.Join(", ", s_kinds.Select(k => k.ToString().ToLowerInvariant()))}.");
}

using Hdge.Networks;

namespace Hdge.Cli.Research;

/// <summary>What all runs of a table have in common.</summary>
internal sealed record ResearchSettings
{
    public required string Recipe { get; init; }

    public required string Train { get; init; }

    public required string Known { get; init; }

    public required IReadOnlyDictionary<string, string> Unknown { get; init; }

    public string? Network { get; init; }

    /// <summary>Of <see cref="ResearchRecipe.FineTuned"/>: other weights than the recipe's, another size of the images, another part that stays.</summary>
    public string? Pretrained { get; init; }

    public int? InputSize { get; init; }

    public Freeze? Freeze { get; init; }

    public int? Epochs { get; init; }

    public int? Batch { get; init; }

    public double? LearningRate { get; init; }

    public int? Limit { get; init; }

    public int? TestLimit { get; init; }

    /// <summary>Runs of equal text belong together.</summary>
    public string Key() => string.Join(' ', [.. new object?[] { Recipe, Name(Train), Name(Known), string.Join(',', Unknown.Keys), Network, Epochs, Batch, LearningRate, Limit, TestLimit }
        .Select(v => FormattableString.Invariant($"{v ?? "-"}")), .. Given("pretrained", Pretrained is null ? null : Name(Pretrained)), .. Given("input-size", InputSize), .. Given("freeze", Freeze)]);

    private static string[] Given(string name, object? value) => value is null ? [] : [FormattableString.Invariant($"{name}={value}")];

    private static string Name(string path) => Path.GetFileName(path.TrimEnd('/'));
}

/// <summary>One run: a line of runs.jsonl.</summary>
internal sealed record ResearchResult
{
    /// <summary><see cref="ResearchSettings.Key"/>.</summary>
    public required string Settings { get; init; }

    public required string Row { get; init; }

    public required int Seed { get; init; }

    public required string Device { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Of these, training the network.</summary>
    public required double TrainSeconds { get; init; }

    public required double Accuracy { get; init; }

    public required double NegativeLogLikelihood { get; init; }

    /// <summary>Before calibration.</summary>
    public required double Ece { get; init; }

    public required double CalibratedEce { get; init; }

    /// <summary>Less what chance alone shows; after calibration.</summary>
    public required double DebiasedEce { get; init; }

    public required double Temperature { get; init; }

    /// <summary>The score that Auto took.</summary>
    public required string Chosen { get; init; }

    /// <summary>Whether Auto found a score that tells self-made outliers apart.</summary>
    public required bool TellsUnknownApart { get; init; }

    /// <summary>Against self-made outliers, by score.</summary>
    public required IReadOnlyDictionary<string, double> AutoAuroc { get; init; }

    /// <summary>Share of known test images kept.</summary>
    public required double Kept { get; init; }

    /// <summary>Share flagged, by set.</summary>
    public required IReadOnlyDictionary<string, double> Flagged { get; init; }

    /// <summary>By set, then by score.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Auroc { get; init; }

    /// <summary>FPR at 95 % TPR by set, then by score.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> FalsePositives { get; init; }
}

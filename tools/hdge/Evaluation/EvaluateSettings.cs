using System.Globalization;
using System.Text.Json.Serialization;
using Hdge.Robustness;

namespace Hdge.Cli.Evaluation;

/// <summary>What <c>evaluate</c> was asked for.</summary>
internal sealed record EvaluateSettings
{
    /// <summary>The paper's σ.</summary>
    public const double PublishedNoise = 0.03;

    public required string Model { get; init; }

    public required string Known { get; init; }

    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary><see cref="OpenOodSets.Protocol"/>, or null for the paper's.</summary>
    public string? Protocol { get; init; }

    /// <summary>Folder of the protocol's unknown sets.</summary>
    public string? Sets { get; init; }

    /// <summary>Standard deviation of the noise on known and unknown images in detection, in units of network input.</summary>
    public double Noise { get; init; } = PublishedNoise;

    /// <summary>Names of scores, "all", or "free" for those without gradients.</summary>
    public IReadOnlyList<string> Scores { get; init; } = ["free"];

    /// <summary>Images of each set at most: the first ones.</summary>
    public int? Limit { get; init; }

    public int Seed { get; init; }

    /// <summary>Images to attack; 0 for none.</summary>
    public int AttackImages { get; init; }

    /// <summary>Steps and restarts of the attack; the paper's are 40 and 20.</summary>
    public int AttackSteps { get; init; } = 20;

    public int AttackRestarts { get; init; } = 1;

    /// <summary>Images to draw from the model; 0 for none.</summary>
    public int Samples { get; init; }

    /// <summary>File of the model that judges them; null for the model itself.</summary>
    public string? Judge { get; init; }

    /// <summary>File of the classes' names; null for the one beside the model.</summary>
    public string? Classes { get; init; }

    /// <summary>Whether photographs that cannot be read are left out.</summary>
    public bool SkipDamaged { get; init; }

    public string? Device { get; init; }

    /// <summary>The attack's effort.</summary>
    [JsonIgnore]
    public PgdOptions Effort => new() { Steps = AttackSteps, Restarts = AttackRestarts, Seed = Seed };

    /// <summary>Names and values for the report.</summary>
    public IEnumerable<(string Name, string Value)> Describe() =>
    [
        ("model", Path.GetFileName(Model)),
        ("known images", Known),
        ("unknown images", Sets ?? string.Join(", ", Unknown)),
        ("noise σ in detection", Noise.ToString(CultureInfo.InvariantCulture)),
        ("images of each set at most", Limit?.ToString(CultureInfo.InvariantCulture) ?? "all"),
        ("seed", Seed.ToString(CultureInfo.InvariantCulture)),
    ];
}

using Hdge.Detection;

namespace Hdge.Persistence;

/// <summary>What detectors.json holds: which scores a model can give, and the sizes of what detectors.safetensors holds for them.</summary>
internal sealed record DetectorDescription
{
    public required DetectionOptions Options { get; init; }

    /// <summary>Classes that have a Gaussian; null: no Gaussians.</summary>
    public int? GaussianClasses { get; init; }

    /// <summary>Stored features; null: no nearest neighbours.</summary>
    public int? Neighbors { get; init; }

    /// <summary>Dimension outside ViM's principal subspace; null: no ViM.</summary>
    public int? VimComplement { get; init; }
    public double? VimScale { get; init; }
    public double? ReActClip { get; init; }

    /// <summary>Size of each reference of the rank average; null: no rank average.</summary>
    public IReadOnlyDictionary<DetectionScore, int>? References { get; init; }
    public IReadOnlyDictionary<DetectionScore, double>? AutoAuroc { get; init; }

    public static DetectorDescription Of(DetectorSet set) => new()
    {
        Options = set.Options,
        GaussianClasses = (int?)set.Statistics.Gaussian?.Centers.shape[0],
        Neighbors = (int?)set.Statistics.Neighbors?.shape[0],
        VimComplement = (int?)set.Statistics.Vim?.Complement.shape[1],
        VimScale = set.Statistics.Vim?.Scale,
        ReActClip = set.Statistics.ReActClip,
        References = set.Statistics.References?.ToDictionary(r => r.Key, r => r.Value.Length),
        AutoAuroc = set.AutoAuroc,
    };

    /// <exception cref="InvalidDataException">A value is out of range.</exception>
    public void Validate(int classCount, int featureLength)
    {
        try
        {
            Options.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"detectors.json: the detection options are out of range: {error.Message}", error);
        }
        Require(GaussianClasses is null || (GaussianClasses >= 1 && GaussianClasses <= classCount), $"{nameof(GaussianClasses)} {GaussianClasses}", $"1..{classCount}");
        Require(Neighbors is null or >= 0, $"{nameof(Neighbors)} {Neighbors}", "at least 0");
        Require(VimComplement is null || (VimComplement >= 1 && VimComplement <= featureLength), $"{nameof(VimComplement)} {VimComplement}", $"1..{featureLength}");
        Require(VimComplement is null == VimScale is null && double.IsFinite(VimScale ?? 0), $"{nameof(VimScale)} {VimScale}", $"a finite number with {nameof(VimComplement)}");
        Require(double.IsFinite(ReActClip ?? 0), $"{nameof(ReActClip)} {ReActClip}", "a finite number");
        foreach (var (score, size) in References ?? new Dictionary<DetectionScore, int>())
            Require(Enum.IsDefined(score) && score is not (DetectionScore.Auto or DetectionScore.RankAverage) && !score.NeedsGradient() && size >= 1,
                $"a reference of {size} for {score}", "at least one number for a score without gradients");
        Require(References is null || References.Count > 0, $"an empty list of {nameof(References)}", "at least one");
        foreach (var (score, auroc) in AutoAuroc ?? new Dictionary<DetectionScore, double>())
            Require(Enum.IsDefined(score) && auroc is >= 0 and <= 1, $"{nameof(AutoAuroc)} {auroc} for {score}", "0..1 for the name of a score");

        static void Require(bool valid, FormattableString found, string expected)
        {
            if (!valid)
                throw new InvalidDataException($"detectors.json: {FormattableString.Invariant(found)}, expected {expected}.");
        }
    }
}

using System.Text.Json.Serialization;
using Hdge.Data;

namespace Hdge.Detection;

/// <summary>Which score decides what is in-distribution, which others a model shall be able to give, and their settings.</summary>
public sealed record DetectionOptions
{
    private const int LargestSample = 10_000_000;

    /// <summary>
    /// The score that decides on IsInDistribution. Default <see cref="DetectionScore.LogDensity"/>, which costs nothing.
    /// <see cref="DetectionScore.Auto"/> chooses after training, see <see cref="Outliers"/>.
    /// </summary>
    public DetectionScore Score { get; init; } = DetectionScore.LogDensity;

    /// <summary>
    /// Further scores to fit and save, so that the model can give them: <see cref="DetectionScoreKinds.GradientFree"/> for a comparison. Default none.
    /// Scores that need no fitting are always at hand.
    /// </summary>
    public IReadOnlyList<DetectionScore> Also { get; init; } = [];

    /// <summary>
    /// Images of kinds that the model shall refuse, for <see cref="DetectionScore.Auto"/>: it then takes the score with the highest AUROC of held-out
    /// images against these. Null, the default: against <see cref="PseudoOutliers"/>. Not saved with the model.
    /// </summary>
    [JsonIgnore]
    public ImageSet? Outliers { get; init; }

    /// <summary>
    /// Most training images that statistics are taken from; more are sampled from, by seed. Default 50,000, range 1..10,000,000. The features of all of them
    /// are in memory while fitting (features × 4 bytes an image), and nearest neighbours stay there and in the model file.
    /// </summary>
    public int SampleSize { get; init; } = 50_000;

    /// <summary>
    /// k of <see cref="DetectionScore.NearestNeighbors"/>, at least 1. Null, the default: 50 as in the paper for CIFAR-10, or a hundredth of the sample where that is less.
    /// Never more than there are stored features.
    /// </summary>
    public int? Neighbors { get; init; }

    /// <summary>T of <see cref="DetectionScore.Energy"/>, above 0. Null, the default: the calibrated temperature. The paper's value is 1, which is the log-density.</summary>
    public double? EnergyTemperature { get; init; }

    /// <summary>γ of <see cref="DetectionScore.Gen"/>. Default 0.1, the paper's. Range (0, 1].</summary>
    public double GenExponent { get; init; } = 0.1;

    /// <summary>M of <see cref="DetectionScore.Gen"/>: how many of the largest probabilities count, all when there are fewer. Default 100, the paper's for 1,000 classes. At least 1.</summary>
    public int GenTop { get; init; } = 100;

    /// <summary>Percentile of the training features above which <see cref="DetectionScore.ReAct"/> clips. Default 90, the paper's. Range (0, 100].</summary>
    public double ReActPercentile { get; init; } = 90;

    /// <summary>Percentage of an image's features that <see cref="DetectionScore.Ash"/> drops. Default 90, the paper's for ImageNet. Range [0, 100).</summary>
    public double AshPercentile { get; init; } = 90;

    /// <summary>
    /// Dimension of the principal subspace of <see cref="DetectionScore.Vim"/>, 1 to below the number of features. Null, the default: 1000 from 2048 features on, 512 from
    /// 768 on, else half of them, as in the paper's code. Clipped to the range.
    /// </summary>
    public int? VimDimension { get; init; }

    /// <summary>Temperature of <see cref="DetectionScore.Odin"/>, above 0. Default 1000, the paper's.</summary>
    public double OdinTemperature { get; init; } = 1000;

    /// <summary>Step of <see cref="DetectionScore.Odin"/> in units of network input (−1..1 with the default scaling). Default 0.0014, at least 0; the paper tries 0..0.004.</summary>
    public double OdinStep { get; init; } = 0.0014;

    /// <summary>
    /// The scores that <see cref="DetectionScore.RankAverage"/> averages, at least one, none of them with gradients. Default one of each kind: log-density, largest
    /// probability, nearest neighbours, ViM.
    /// </summary>
    public IReadOnlyList<DetectionScore> RankScores { get; init; } =
        [DetectionScore.LogDensity, DetectionScore.MaxProbability, DetectionScore.NearestNeighbors, DetectionScore.Vim];

    /// <summary>Checks the values for images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or the outliers are none or of another shape.</exception>
    public void Validate(ImageShape shape)
    {
        Validate();
        if (Outliers is { } outliers && (outliers.Shape != shape || outliers.Count == 0))
            throw new ArgumentException($"{nameof(Outliers)} holds {outliers.Count} images of {outliers.Shape}, expected at least one of {shape}.");
    }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Also);
        ArgumentNullException.ThrowIfNull(RankScores);
        Argument.Require(Enum.IsDefined(Score), Score, "a name of the enumeration");
        foreach (var score in Also)
            Argument.Require(Enum.IsDefined(score) && score != DetectionScore.Auto, score, "a score other than Auto", nameof(Also));
        foreach (var score in RankScores)
            Argument.Require(Enum.IsDefined(score) && score is not (DetectionScore.Auto or DetectionScore.RankAverage) && !score.NeedsGradient(), score,
                "a score without gradients, and neither Auto nor RankAverage", nameof(RankScores));
        Argument.Require(RankScores.Count > 0, RankScores.Count, "at least one score", nameof(RankScores));
        Argument.Require(SampleSize is >= 1 and <= LargestSample, SampleSize, $"1..{LargestSample}");
        Argument.Require(Neighbors is null or >= 1, Neighbors ?? 0, "at least 1", nameof(Neighbors));
        Argument.Require(EnergyTemperature is null || Positive(EnergyTemperature.Value), EnergyTemperature ?? 0, "finite and above 0", nameof(EnergyTemperature));
        Argument.Require(GenExponent > 0 && GenExponent <= 1, GenExponent, "in (0, 1]");
        Argument.Require(GenTop >= 1, GenTop, "at least 1");
        Argument.Require(ReActPercentile > 0 && ReActPercentile <= 100, ReActPercentile, "in (0, 100]");
        Argument.Require(AshPercentile >= 0 && AshPercentile < 100, AshPercentile, "in [0, 100)");
        Argument.Require(VimDimension is null or >= 1, VimDimension ?? 0, "at least 1", nameof(VimDimension));
        Argument.Require(Positive(OdinTemperature), OdinTemperature, "finite and above 0");
        Argument.Require(OdinStep >= 0 && double.IsFinite(OdinStep), OdinStep, "finite and at least 0");

        static bool Positive(double value) => value > 0 && double.IsFinite(value);
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

using System.Text.Json.Serialization;
using Hdge.Data;
using Hdge.Networks;

namespace Hdge.Detection;

/// <summary>Which score decides what is in-distribution, which others a model shall be able to give, and their settings.</summary>
public sealed record DetectionOptions
{
    private const int LargestSample = 10_000_000;

    /// <summary>
    /// The score that decides on IsInDistribution. Default <see cref="DetectionScore.Auto"/>, which chooses after training on held-out images against <see cref="Outliers"/>: of made outliers
    /// <see cref="DetectionScore.Combination"/>, unless another score is ahead by more than 0.1. With fewer than 50 held-out images the log-density decides. Costs a forward pass of up to 7,000 images, once;
    /// <see cref="DetectionScore.LogDensity"/> costs nothing.
    /// </summary>
    public DetectionScore Score { get; init; } = DetectionScore.Auto;

    /// <summary>
    /// Further scores to fit and save, so that the model can give them: <see cref="DetectorRegistry.GradientFree"/> for a comparison. Default none.
    /// Scores that need no fitting are always at hand.
    /// </summary>
    public IReadOnlyList<DetectionScore> Also { get; init; } = [];

    /// <summary>
    /// Detectors whose settings shall differ from the defaults, as in <c>[new NearestNeighborDetector { Neighbors = 10 }]</c>, and detectors of one's own that are not registered. They are
    /// used where <see cref="Score"/>, <see cref="Also"/> or another detector names them. Default none.
    /// </summary>
    [JsonIgnore] // saved beside the options, by name
    public IReadOnlyList<Detector> Detectors { get; init; } = [];

    /// <summary>
    /// Images of kinds that the model shall refuse, for <see cref="DetectionScore.Auto"/>: it then takes the score with the highest AUROC of held-out
    /// images against these. Null, the default: against distorted held-out images (docs/detection.md). Not saved with the model.
    /// </summary>
    [JsonIgnore]
    public ImageSet? Outliers { get; init; }

    /// <summary>
    /// Most training images that statistics are taken from; more are sampled from, by seed. Default 50,000, range 1..10,000,000. The features of all of them
    /// are in memory while fitting (features × 4 bytes an image), and nearest neighbours stay there and in the model file.
    /// </summary>
    public int SampleSize { get; init; } = 50_000;

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
        ArgumentNullException.ThrowIfNull(Score);
        ArgumentNullException.ThrowIfNull(Also);
        ArgumentNullException.ThrowIfNull(Detectors);
        foreach (var detector in Detectors)
        {
            ArgumentNullException.ThrowIfNull(detector, nameof(Detectors));
            DetectorSettings.Check(detector);
        }
        var catalog = Catalog();
        Require(Score, Score == DetectionScore.Auto, nameof(Score));
        foreach (var score in Also)
            Require(score, false, nameof(Also));
        Argument.Require(SampleSize is >= 1 and <= LargestSample, SampleSize, $"1..{LargestSample}");
        catalog.With(catalog.All.Select(d => d.Kind)); // what each builds on

        void Require(DetectionScore score, bool otherwise, string option)
        {
            ArgumentNullException.ThrowIfNull(score, option);
            if (!otherwise && catalog.Find(score) is null)
                throw new ArgumentException($"{option} is out of range. {catalog.Unknown(score)}", option);
        }
    }

    /// <exception cref="ArgumentException">A score needs what such a network cannot give.</exception>
    internal void Validate(NetworkOptions network)
    {
        foreach (var detector in Catalog().With(Score == DetectionScore.Auto ? Also : [Score, .. Also]))
            if (detector.Needs.Problem(network) is { } problem)
                throw new ArgumentException($"The score {detector.Kind} cannot be had of a {network.GetType().Name}: {problem}.");
    }

    internal DetectorCatalog Catalog() => new(Detectors);

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

using Hdge.Networks;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>The scores that a model can give, and the one that decides what is in-distribution. Made by <see cref="HdgeModel.FitDetectors"/>; belongs to the model.</summary>
public sealed class DetectorSet
{
    private readonly Dictionary<DetectionScore, Detector> _detectors;
    private readonly Lazy<LinearHead> _head;

    internal DetectorSet(Backbone network, Device device, DetectionOptions options, DetectorStatistics? statistics = null, DetectionScore score = DetectionScore.LogDensity)
    {
        (Options, Statistics, Score) = (options, statistics ?? new(), score);
        _head = new(() => LinearHead.Of(network, device));
        _detectors = Create(network).ToDictionary(d => d.Kind);
        if (Statistics.References is { } references && references.Keys.All(_detectors.ContainsKey))
            _detectors.Add(DetectionScore.RankAverage, new RankAverageDetector([.. references.OrderBy(r => r.Key).Select(r => (_detectors[r.Key], r.Value))]));
    }

    /// <summary>The settings it was fitted with.</summary>
    public DetectionOptions Options { get; }

    /// <summary>The score whose threshold decides; never <see cref="DetectionScore.Auto"/>.</summary>
    public DetectionScore Score { get; }

    /// <summary>Every score that the model can give, those with gradients too.</summary>
    public IReadOnlyList<DetectionScore> Available => [.. _detectors.Keys.Order()];

    /// <summary>What <see cref="DetectionScore.Auto"/> compared: mean AUROC of held-out images against outliers, a score each. Empty where the score was named.</summary>
    public IReadOnlyDictionary<DetectionScore, double> AutoAuroc { get; internal init; } = new Dictionary<DetectionScore, double>();

    /// <summary>Threshold of <see cref="Score"/>; the model's density threshold stands in for it where that is the log-density.</summary>
    internal double Threshold { get; set; } = double.NegativeInfinity;

    internal DetectorStatistics Statistics { get; }

    /// <summary>One line: the score that decides, and all that can be given.</summary>
    public override string ToString() => $"In-distribution by {Score}; can give {string.Join(", ", Available)}";

    /// <exception cref="ArgumentException">The model was not fitted for it.</exception>
    internal Detector Find(DetectionScore score) => _detectors.TryGetValue(score, out var detector)
        ? detector
        : throw new ArgumentException($"The model cannot give the score {score}: it can give {string.Join(", ", Available)}. {nameof(DetectionOptions)}.{nameof(DetectionOptions.Also)} names scores to fit.");

    internal void Release()
    {
        Statistics.Dispose();
        if (_head.IsValueCreated)
            _head.Value.Dispose();
    }

    private IEnumerable<Detector> Create(Backbone network)
    {
        yield return new LogDensityDetector();
        yield return new EnergyDetector(Options.EnergyTemperature);
        yield return new MaxProbabilityDetector();
        yield return new MaxLogitDetector();
        yield return new EntropyDetector();
        yield return new GenDetector(Options.GenExponent, Options.GenTop);
        yield return new AshDetector(Options.AshPercentile, _head);
        yield return new ApproximateMassDetector();
        yield return new OdinDetector(network, Options.OdinTemperature, Options.OdinStep);
        if (Statistics.Gaussian is { } gaussian)
        {
            yield return new MahalanobisDetector(gaussian);
            yield return new RelativeMahalanobisDetector(gaussian);
        }
        if (Statistics.Neighbors is { } stored)
            yield return new NearestNeighborDetector(stored, NearestNeighborDetector.Neighbors(Options.Neighbors, (int)stored.shape[0]));
        if (Statistics.Vim is { } vim)
            yield return new VimDetector(vim);
        if (Statistics.ReActClip is { } clip)
            yield return new ReActDetector(clip, _head);
    }
}

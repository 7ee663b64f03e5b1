using Hdge.Networks;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>The scores that a model can give. Made by <see cref="HdgeModel.FitDetectors"/>; belongs to the model.</summary>
public sealed class DetectorSet
{
    private readonly Dictionary<DetectionScore, Detector> _detectors;
    private readonly Lazy<LinearHead> _head;
    private readonly UseGate _gate;

    internal DetectorSet(Backbone network, Device device, DetectionOptions options, DetectorStatistics? statistics = null)
    {
        (Options, Statistics) = (options, statistics ?? new());
        _gate = new(ReleaseAll);
        _head = new(() => LinearHead.Of(network));
        _detectors = Create(network).ToDictionary(d => d.Kind);
        if (Statistics.References is { } references && references.Keys.All(_detectors.ContainsKey))
            _detectors.Add(DetectionScore.RankAverage, new RankAverageDetector([.. references.OrderBy(r => r.Key).Select(r => (_detectors[r.Key], r.Value))]));
    }

    /// <summary>The settings it was fitted with.</summary>
    public DetectionOptions Options { get; }

    /// <summary>Every score that the model can give, those with gradients too.</summary>
    public IReadOnlyList<DetectionScore> Available => [.. _detectors.Keys.Order()];

    /// <summary>What <see cref="DetectionScore.Auto"/> compared: mean AUROC of held-out images against outliers, a score each. Empty where the score was named.</summary>
    public IReadOnlyDictionary<DetectionScore, double> AutoAuroc { get; internal init; } = new Dictionary<DetectionScore, double>();

    /// <summary>Which of them decides, and how. Kept here, so that scores and decision change together.</summary>
    internal Decision Decision { get; set; } = Decision.Open;

    internal DetectorStatistics Statistics { get; }

    /// <summary>One line: the score that decides, and all that can be given.</summary>
    public override string ToString() => $"In-distribution by {Decision.Score}; can give {string.Join(", ", Available)}";

    /// <exception cref="ArgumentException">The model was not fitted for it.</exception>
    internal Detector Find(DetectionScore score) => _detectors.TryGetValue(score, out var detector)
        ? detector
        : throw new ArgumentException($"The model cannot give the score {score}: it can give {string.Join(", ", Available)}. {nameof(DetectionOptions)}.{nameof(DetectionOptions.Also)} names scores to fit.");

    /// <summary>Keeps the statistics until <paramref name="use"/> is disposed of; false when they are gone.</summary>
    internal bool TryUse(out UseGate.Use use) => _gate.TryEnter(out use);

    /// <summary>Releases everything, once nobody uses it any more.</summary>
    internal void Release() => _gate.Close(wait: false);

    /// <summary>Releases what the set made for itself; the statistics are another's.</summary>
    internal void ReleaseHead()
    {
        if (_head.IsValueCreated)
            _head.Value.Dispose();
    }

    private void ReleaseAll()
    {
        Statistics.Dispose();
        ReleaseHead();
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

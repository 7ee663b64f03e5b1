using Hdge.Calibration;
using Hdge.Networks;

namespace Hdge.Detection;

/// <summary>The scores that a model can give. Made by <see cref="HdgeModel.FitDetectors"/>; belongs to the model.</summary>
public sealed class DetectorSet
{
    private readonly Dictionary<DetectionScore, Entry> _entries = [];
    private readonly Lazy<LinearHead> _head;
    private readonly ScoringForm _scoring;
    private readonly UseGate _gate;

    /// <param name="scoring">The model's; another's.</param>
    /// <param name="options">Which detectors there may be.</param>
    /// <param name="states">What was fitted, by name; they and the head become the set's once <see cref="Release"/> is called.</param>
    /// <param name="head">The network's last layer.</param>
    internal DetectorSet(ScoringForm scoring, DetectionOptions options, IReadOnlyDictionary<string, DetectorState> states, Lazy<LinearHead> head)
    {
        (_scoring, Options, States, _head) = (scoring, options, states, head);
        _gate = new(ReleaseAll);
        Catalog = options.Catalog();
        // A detector can be had once all that it builds on can be had.
        for (int before = -1; before < _entries.Count;)
        {
            before = _entries.Count;
            foreach (var detector in Catalog.All)
                if (!_entries.ContainsKey(detector.Kind) && detector.Needs.Problem(scoring.Options) is null && detector.Uses.All(_entries.ContainsKey) && (states.ContainsKey(detector.StateName) || !detector.Needs.HasFlag(DetectorNeeds.Fitting)))
                    _entries.Add(detector.Kind, new(detector, states.GetValueOrDefault(detector.StateName, DetectorState.Empty),
                        detector.Uses.Aggregate(detector.Needs, (needs, used) => needs | _entries[used].Needs)));
        }
        Available = [.. Catalog.All.Select(d => d.Kind).Where(_entries.ContainsKey)];
    }

    /// <param name="Detector">With its settings.</param>
    /// <param name="State">What it was fitted to.</param>
    /// <param name="Needs">Its own and those of all that it builds on.</param>
    internal readonly record struct Entry(Detector Detector, DetectorState State, DetectorNeeds Needs);

    /// <summary>The settings it was fitted with.</summary>
    public DetectionOptions Options { get; }

    /// <summary>Every score that the model can give, those with gradients too.</summary>
    public IReadOnlyList<DetectionScore> Available { get; }

    /// <summary>What <see cref="DetectionScore.Auto"/> compared: mean AUROC of held-out images against outliers, a score each. Empty where the score was named.</summary>
    public IReadOnlyDictionary<DetectionScore, double> AutoAuroc { get; internal init; } = new Dictionary<DetectionScore, double>();

    /// <summary>
    /// Whether a score was found that tells unknown images apart: true where the best of <see cref="AutoAuroc"/> is 0.7 or more, false where not even that one is, and then IsInDistribution is hardly better
    /// than chance; null where nothing was compared.
    /// </summary>
    public bool? TellsUnknownApart => AutoAuroc.Count == 0 ? null : AutoAuroc.Values.Max() >= AutoScore.LeastAuroc;

    /// <summary>Which of them decides, and how. Kept here, so that scores and decision change together.</summary>
    internal Decision Decision { get; set; } = Decision.Open;

    /// <summary>What makes calibrated probabilities; kept here because it may go by the score that decides. Null in a set that is not the model's yet: that one's stays.</summary>
    internal Calibrator? Calibrator { get; set; }

    internal Backbone Network => _scoring.Network;

    internal DetectorCatalog Catalog { get; }

    internal IReadOnlyDictionary<string, DetectorState> States { get; }

    internal LinearHead Head => _head.Value;

    /// <summary>One line: the score that decides, and all that can be given.</summary>
    public override string ToString() => $"In-distribution by {Decision.Score}; can give {string.Join(", ", Available)}";

    /// <exception cref="ArgumentException">The model was not fitted for it.</exception>
    internal Entry Find(DetectionScore score) => _entries.TryGetValue(score, out var entry)
        ? entry
        : throw new ArgumentException($"The model cannot give the score {score}: it can give {string.Join(", ", Available)}. {nameof(DetectionOptions)}.{nameof(DetectionOptions.Also)} names scores to fit.");

    /// <summary>What a pass for scores that can be given needs.</summary>
    internal DetectorNeeds Needs(params ReadOnlySpan<DetectionScore> scores)
    {
        var needs = DetectorNeeds.None;
        foreach (var score in scores)
            needs |= Find(score).Needs;
        return needs;
    }

    /// <summary>Keeps the states until <paramref name="use"/> is disposed of; false when they are gone.</summary>
    internal bool TryUse(out UseGate.Use use) => _gate.TryEnter(out use);

    /// <summary>Releases everything, once nobody uses it any more.</summary>
    internal void Release() => _gate.Close(wait: false);

    private void ReleaseAll()
    {
        foreach (var state in States.Values)
            state.Dispose();
        if (_head.IsValueCreated)
            _head.Value.Dispose();
    }
}

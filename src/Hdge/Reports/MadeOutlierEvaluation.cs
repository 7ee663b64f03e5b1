using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Objectives;

namespace Hdge.Reports;

/// <summary>
/// How well a model tells known images from distorted copies of them, kind by kind, and how well it would had the kind been left out when its score was chosen (<see cref="DetectionScore.Auto"/>): a detector is worth what
/// it is worth for kinds that it was not shown. For kinds that the network itself was trained against that cannot be had of this model; another one trained without them tells (<c>hdge research --rows …-without:KIND</c>).
/// </summary>
public sealed class MadeOutlierEvaluation
{
    /// <summary>Makes the outliers and scores them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="known">Images of its classes that had no part in training; at most 1,000 are used, drawn by seed.</param>
    /// <param name="seed">Seed of the draw and of what is made. Default 0.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">There are no images, or they have another shape.</exception>
    public MadeOutlierEvaluation(HdgeModel model, ImageSet known, int seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(known);
        if (known.Count == 0)
            throw new ArgumentException("An evaluation needs at least 1 image, found 0.", nameof(known));
        Chosen = model.Decision.Score;
        var candidates = model.Detectors.Available.Where(s => s == Chosen || AutoScore.IsCandidate(model.Detectors.Find(s).Detector)).ToList();
        var images = new AutoImages(model, known, given: null, seed).Known;
        var knownScores = model.DetectionScores(images, candidates, cancellationToken);
        var kinds = PseudoOutliers.Of(images, seed).Select(kind => (kind.Kind, Auroc: Aurocs(kind.Make()))).ToList();
        bool chosenByAuto = model.Detectors.AutoAuroc.Count > 0;
        var trained = TrainedKinds(model.Training?.Options ?? new Dictionary<string, string>());
        Kinds = [.. kinds.Select(kind =>
        {
            var others = candidates.ToDictionary(s => s, s => kinds.Where(k => k.Kind != kind.Kind).Average(k => k.Auroc[s]));
            var leftOut = chosenByAuto ? AutoScore.Best(others, given: false) : Chosen;
            bool isTrained = trained.Contains(kind.Kind);
            return new MadeOutlierKind { Kind = kind.Kind, Auroc = kind.Auroc[Chosen], IsTrained = isTrained, LeftOutScore = leftOut, LeftOutAuroc = isTrained ? null : kind.Auroc[leftOut] };
        })];

        Dictionary<DetectionScore, double> Aurocs(ImageSet outliers)
        {
            var scores = model.DetectionScores(outliers, candidates, cancellationToken);
            return candidates.ToDictionary(s => s, s => Auroc.Of(knownScores[s], scores[s]));
        }
    }

    /// <summary>The score behind the model's in-distribution flag.</summary>
    public DetectionScore Chosen { get; }

    /// <summary>One a kind.</summary>
    public IReadOnlyList<MadeOutlierKind> Kinds { get; }

    /// <summary>A row a kind: AUROC of the score that decides, and with the kind left out.</summary>
    public MetricTable Table()
    {
        string[] trained = [.. Kinds.Where(k => k.IsTrained).Select(k => k.Kind)], others = [.. Kinds.Where(k => k.LeftOutScore != Chosen).Select(k => $"{k.LeftOutScore} without {k.Kind}")];
        return new("AUROC against distorted known images", [Chosen.Name, "leave-one-kind-out"], [.. Kinds.Select(k => new MetricRow(k.Kind, [k.Auroc, k.LeftOutAuroc ?? double.NaN]))])
        {
            RowHeading = "Kind",
            HigherIsBetter = null,
            Note = "Left out: by the score that is chosen when this kind is not among those it is chosen by"
                + (others.Length > 0 ? $" ({string.Join(", ", others)})." : ", the same for all of them.")
                + (trained.Length > 0 ? $" The network was trained against {string.Join(", ", trained)}: what it is worth without them only a run without them tells." : ""),
        };
    }

    /// <summary>Kinds of outliers that were negatives in training, by the options that a model keeps.</summary>
    internal static HashSet<string> TrainedKinds(IReadOnlyDictionary<string, string> options)
    {
        const string Ratio = $"{nameof(Training.TrainingOptions.Objective)}.{nameof(ObjectiveOptions.DensityRatio)}";
        var kinds = options.Where(o => o.Key.EndsWith($".{nameof(InBatchOptions.Made)}", StringComparison.Ordinal)).SelectMany(o => o.Value.Trim('[', ']').Split(", "))
            .Select(name => name.ToLowerInvariant()).ToHashSet();
        if (options.GetValueOrDefault($"{Ratio}.{nameof(DensityRatioOptions.ShuffledFeatures)}") == bool.TrueString)
            kinds.Add(PseudoOutliers.ShuffledKind);
        return kinds;
    }
}

/// <summary>A kind of <see cref="MadeOutlierEvaluation"/>.</summary>
public sealed record MadeOutlierKind
{
    /// <summary>Its name: jigsaw, mixed, rotated, inverted, noisy, blurred; mixed, shuffled of features.</summary>
    public required string Kind { get; init; }

    /// <summary>AUROC of the score that decides; 0..1, 0.5 is chance.</summary>
    public required double Auroc { get; init; }

    /// <summary>Whether the network was trained against this kind.</summary>
    public required bool IsTrained { get; init; }

    /// <summary>The score that is chosen by the other kinds; the one that decides where it was not chosen by kinds.</summary>
    public required DetectionScore LeftOutScore { get; init; }

    /// <summary>Its AUROC; null where the network was trained against this kind.</summary>
    public required double? LeftOutAuroc { get; init; }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

using System.Globalization;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;

namespace Hdge.Reports;

/// <summary>How well a model's detection scores tell unknown images from known ones.</summary>
public sealed class DetectionEvaluation
{
    private readonly IReadOnlyDictionary<DetectionScore, float[]> _known;
    private readonly List<(string Name, IReadOnlyDictionary<DetectionScore, float[]> Scores)> _unknown = [];
    private readonly List<double> _flagged = []; // one an unknown set

    /// <summary>Scores all images, each set in one pass.</summary>
    /// <param name="model">The model.</param>
    /// <param name="known">Images of its classes.</param>
    /// <param name="unknown">At least one set of other images, each with a name of its own.</param>
    /// <param name="scores">Among the model's <see cref="DetectorSet.Available"/>. The one that decides is evaluated with them, before them where it is missing.</param>
    /// <param name="prepare">Changes each set before it is scored, for example by noise; told the set's number, 0 for the known images. Default none.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    public DetectionEvaluation(HdgeModel model, ImageSet known, IReadOnlyList<UnknownSet<ImageSet>> unknown, IReadOnlyList<DetectionScore> scores,
        Func<ImageSet, int, ImageSet>? prepare = null, CancellationToken cancellationToken = default) : this((IEvaluatedModel)model, known, unknown, scores, prepare, cancellationToken)
    {
    }

    /// <summary>The same of an ensemble.</summary>
    /// <param name="ensemble">The ensemble.</param>
    /// <param name="known">Images of its classes.</param>
    /// <param name="unknown">At least one set of other images, each with a name of its own.</param>
    /// <param name="scores">Among the ensemble's <see cref="HdgeEnsemble.Available"/>.</param>
    /// <param name="prepare">Changes each set before it is scored. Default none.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    public DetectionEvaluation(HdgeEnsemble ensemble, ImageSet known, IReadOnlyList<UnknownSet<ImageSet>> unknown, IReadOnlyList<DetectionScore> scores,
        Func<ImageSet, int, ImageSet>? prepare = null, CancellationToken cancellationToken = default) : this((IEvaluatedModel)ensemble, known, unknown, scores, prepare, cancellationToken)
    {
    }

    internal DetectionEvaluation(IEvaluatedModel model, ImageSet known, IReadOnlyList<UnknownSet<ImageSet>> unknown, IReadOnlyList<DetectionScore> scores, Func<ImageSet, int, ImageSet>? prepare, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(unknown);
        ArgumentNullException.ThrowIfNull(scores);
        Chosen = model.Decision.Score;
        Scores = scores.Contains(Chosen) ? scores : [Chosen, .. scores];
        _known = Score(known, 0);
        foreach (var set in unknown)
            _unknown.Add((set.Name, Score(set.Data, 1 + _unknown.Count)));
        Metrics = _unknown.ToDictionary(set => set.Name,
            set => (IReadOnlyDictionary<DetectionScore, DetectionMetrics>)Scores.ToDictionary(s => s, s => DetectionMetrics.Of(_known[s], set.Scores[s])));

        IReadOnlyDictionary<DetectionScore, float[]> Score(ImageSet images, int number)
        {
            var prepared = prepare is null ? images : prepare(images, number);
            var given = model.DetectionScores(prepared, Scores, cancellationToken);
            if (number > 0)
                _flagged.Add(given[Chosen].Where((score, i) => !(model.Decision.Keeps(score) && model.Admits(prepared, i))).Count() / (double)prepared.Count);
            return given;
        }
    }

    /// <summary>A score of the known images, in their order.</summary>
    internal float[] KnownScores(DetectionScore score) => _known[score];

    /// <summary>A score of an unknown set's images, in their order.</summary>
    internal float[] UnknownScores(string set, DetectionScore score) => _unknown.First(u => u.Name == set).Scores[score];

    /// <summary>The score behind the model's in-distribution flag.</summary>
    public DetectionScore Chosen { get; }

    /// <summary>Share of each unknown set that the model flags as not in-distribution, 0..1; higher is better.</summary>
    public IReadOnlyDictionary<string, double> FlaggedShare => _unknown.Select((set, i) => (set.Name, _flagged[i])).ToDictionary(set => set.Name, set => set.Item2);

    /// <summary>The scores, in the order given.</summary>
    public IReadOnlyList<DetectionScore> Scores { get; }

    /// <summary>Metrics by unknown set and score.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<DetectionScore, DetectionMetrics>> Metrics { get; }

    /// <summary>AUROC, FPR at 95 % TPR, AUPR-in and AUPR-out of all scores by all unknown sets.</summary>
    public IReadOnlyList<MetricTable> Tables() =>
    [
        Table("AUROC", m => m.Auroc, higherIsBetter: true),
        Table("FPR at 95 % TPR", m => m.FalsePositiveRate, higherIsBetter: false),
        Table("AUPR, known images as positives", m => m.AuprIn, higherIsBetter: true),
        Table("AUPR, unknown images as positives", m => m.AuprOut, higherIsBetter: true),
    ];

    private MetricTable Table(string name, Func<DetectionMetrics, double> metric, bool higherIsBetter) =>
        new(name, [.. _unknown.Select(u => u.Name)], [.. Scores.Select(s => new MetricRow(s.Name, [.. _unknown.Select(u => metric(Metrics[u.Name][s]))], s == Chosen))])
        {
            HigherIsBetter = higherIsBetter,
            ShowMean = true,
        };

    /// <summary>AUROC of one score by unknown set.</summary>
    public IReadOnlyDictionary<string, double> Auroc(DetectionScore score) => Metrics.ToDictionary(m => m.Key, m => m.Value[score].Auroc);

    /// <summary>AUROC of one score by unknown set, with 95 % bootstrap intervals. 10,000 against 10,000 images take some seconds.</summary>
    public IEnumerable<SummaryNumber> Summary(DetectionScore score, CancellationToken cancellationToken = default)
    {
        var shares = FlaggedShare;
        foreach (var (name, scores) in _unknown)
        {
            var (known, unknown) = (_known[score], scores[score]);
            var (low, high) = Bootstrap.Interval((k, u) => Hdge.Metrics.Auroc.Of(Pick(known, k), Pick(unknown, u)), known.Length, unknown.Length, cancellation: cancellationToken);
            yield return new($"AUROC, {name}", Metrics[name][score].Auroc) { Low = low, High = high, Note = score.Name + (score == Chosen ? string.Create(CultureInfo.InvariantCulture, $", {shares[name]:P1} flagged") : "") };
        }

        static float[] Pick(float[] scores, ReadOnlySpan<int> items)
        {
            var picked = new float[items.Length];
            for (int i = 0; i < picked.Length; i++)
                picked[i] = scores[items[i]];
            return picked;
        }
    }

    /// <summary>Histograms of a score, known against each unknown set.</summary>
    public ScoreHistograms Histogram(DetectionScore score, string label) =>
        new(label, new NamedScores("known", _known[score]), [.. _unknown.Select(u => new NamedScores(u.Name, u.Scores[score]))]);

    /// <summary>ROC curves of a score, one an unknown set.</summary>
    public IReadOnlyList<PlotCurve> Roc(DetectionScore score) =>
        [.. _unknown.Select(u => new PlotCurve(u.Name, [.. RocCurve.Of(_known[score], u.Scores[score]).Select(p => new PlotPoint(p.FalsePositiveRate, p.TruePositiveRate))],
            Metrics[u.Name][score].Auroc))];
}

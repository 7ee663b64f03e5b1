using Hdge.Metrics;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Σ_k w_k·x_k, x_k the k-th score in standard deviations from its mean over the held-out images, within ±<see cref="Furthest"/>, and w ≥ 0 from a logistic regression of held-out images against outliers
/// (the given ones, or distorted held-out images; every kind counts alike, and all of them as much as the held-out images). A penalty draws the weights towards equal ones. Refused where there are fewer than 50 of either.
/// </summary>
public sealed record CombinationDetector : Detector
{
    /// <summary>Fewest held-out images and outliers.</summary>
    public const int FewestImages = 50;

    /// <summary>Standard deviations from the mean beyond which a score counts no further.</summary>
    public const double Furthest = 5;

    private const string Means = "means", Deviations = "deviations", Weights = "weights", Auroc = "auroc";

    /// <summary>The scores that it puts together, at least two, none of them twice or with gradients. Default scores that err differently.</summary>
    public IReadOnlyList<DetectionScore> Scores { get; init; } =
        [DetectionScore.CentredDensity, DetectionScore.MaxProbability, DetectionScore.NormalizedRelativeMahalanobis, DetectionScore.NormalizedMahalanobis, DetectionScore.NearestNeighbors];

    /// <summary>Strength of the penalty λ/2·Σ(w_k − mean w)². Default 0.1, at least 0.</summary>
    public double Penalty { get; init; } = 0.1;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Combination;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override IReadOnlyList<DetectionScore> Uses => Scores;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) =>
        new() { Numbers = [Auroc], Tensors = [new(Means, float64, Scores.Count), new(Deviations, float64, Scores.Count), new(Weights, float64, Scores.Count)] };

    /// <inheritdoc/>
    public override void Validate()
    {
        ArgumentNullException.ThrowIfNull(Scores);
        Argument.Require(Scores.Count > 1 && Scores.Distinct().Count() == Scores.Count && !Scores.Contains(Kind), $"[{string.Join(", ", Scores)}]", $"at least two scores, none twice, and not {Kind}", nameof(Scores));
        Argument.Require(Penalty >= 0 && double.IsFinite(Penalty), Penalty, "finite and at least 0");
    }

    /// <inheritdoc/>
    public override void Validate(DetectorState state)
    {
        foreach (double deviation in state.Values<double>(Deviations))
            Argument.Require(deviation > 0, deviation, "above 0", Deviations);
    }

    internal override string? Lacks(AutoImages images)
    {
        if (images.Known.Count < FewestImages)
            return $"there are {images.Known.Count} held-out images, expected at least {FewestImages}";
        return images.Outliers.FirstOrDefault(o => o.Images.Count < FewestImages) is { Images: { } few } ? $"there are {few.Count} outliers, expected at least {FewestImages}" : null;
    }

    internal override double? FairAuroc(DetectorState state) => state.Numbers[Auroc];

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training)
    {
        var heldOut = training.HeldOutScores(Scores);
        var outliers = training.OutlierScores(Scores);
        double[] means = [.. Scores.Select(s => heldOut[s].Average(v => (double)v))];
        double[] deviations = [.. Scores.Select((s, k) => Math.Sqrt(heldOut[s].Average(v => (v - means[k]) * (v - means[k])))).Select(d => d > 0 ? d : 1)];
        double[][] known = Rows(heldOut);
        double[][][] unknown = [.. outliers.Select(o => Rows(o.Scores))];
        double[] weights = LogisticWeights.Fit(known, unknown, Penalty);
        // Each kind against weights that were fitted without it; a single kind against its own.
        double auroc = unknown.Length == 1 ? Told(weights, unknown[0])
            : Enumerable.Range(0, unknown.Length).Average(k => Told(LogisticWeights.Fit(known, [.. unknown.Where((_, other) => other != k)], Penalty), unknown[k]));
        return new()
        {
            Numbers = new Dictionary<string, double> { [Auroc] = auroc },
            Tensors = new Dictionary<string, Tensor> { [Means] = tensor(means), [Deviations] = tensor(deviations), [Weights] = tensor(weights) },
        };

        double[][] Rows(IReadOnlyDictionary<DetectionScore, float[]> scores) =>
            [.. Enumerable.Range(0, scores[Scores[0]].Length).Select(i => Scores.Select((s, k) => Standard(scores[s][i], means[k], deviations[k])).ToArray())];

        double Told(double[] by, double[][] rows) => Metrics.Auroc.Of([.. known.Select(x => Sum(by, x))], [.. rows.Select(x => Sum(by, x))]);
    }

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var means = state.Values<double>(Means);
        var deviations = state.Values<double>(Deviations);
        var weights = state.Values<double>(Weights);
        into.Clear();
        for (int k = 0; k < Scores.Count; k++)
        {
            var scores = input.Scores(Scores[k]);
            for (int i = 0; i < into.Length; i++)
                into[i] += (float)(weights[k] * Standard(scores[i], means[k], deviations[k]));
        }
    }

    private static double Standard(float score, double mean, double deviation) => Math.Clamp((score - mean) / deviation, -Furthest, Furthest);

    private static double Sum(double[] weights, double[] values)
    {
        double sum = 0;
        for (int k = 0; k < weights.Length; k++)
            sum += weights[k] * values[k];
        return sum;
    }
}

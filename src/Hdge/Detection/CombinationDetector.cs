using Hdge.Onnx;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Σ_k log p_k, p_k the share of held-out images whose k-th score is not higher than the image's, interpolated between them: how unusual it would be for a known image, by each score, put together by Fisher's method (1925). It needs no outliers, and
/// a score that tells nothing of some images costs little. Below the lowest held-out score log p_k goes on, by one for each standard deviation. It does not decide with fewer than 50 held-out images.
/// </summary>
public sealed record CombinationDetector : Detector
{
    /// <summary>Fewest held-out images with which it may decide.</summary>
    public const int FewestImages = 50;

    private const double Furthest = 100; // standard deviations

    /// <summary>The scores that it puts together, at least two, none of them twice or with gradients. Default scores that err differently: of logits, of boundaries, of distances.</summary>
    public IReadOnlyList<DetectionScore> Scores { get; init; } =
        [DetectionScore.CentredDensity, DetectionScore.MaxProbability, DetectionScore.Fdbd, DetectionScore.RelativeMahalanobis, DetectionScore.NormalizedMahalanobis];

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Combination;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override IReadOnlyList<DetectionScore> Uses => Scores;

    /// <summary>A reference a score: scores of held-out images, ascending; and its standard deviation.</summary>
    public override DetectorLayout Layout(int featureLength, int classCount) =>
        new() { Numbers = [.. Scores.Select(s => s.Name)], Tensors = [.. Scores.Select(s => new TensorLayout(s.Name, float32, new SideRange(1, ReferenceRank.LargestReference)))] };

    /// <inheritdoc/>
    public override void Validate()
    {
        ArgumentNullException.ThrowIfNull(Scores);
        Argument.Require(Scores.Count > 1 && Scores.Distinct().Count() == Scores.Count && !Scores.Contains(Kind), $"[{string.Join(", ", Scores)}]", $"at least two scores, none twice, and not {Kind}", nameof(Scores));
    }

    /// <inheritdoc/>
    public override void Validate(DetectorState state)
    {
        ReferenceRank.RequireAscending(Kind, state);
        foreach (var (score, deviation) in state.Numbers)
            Argument.Require(deviation > 0, deviation, "above 0", score);
    }

    internal override string? Lacks(int heldOut) => heldOut < FewestImages ? $"there are {heldOut} held-out images, expected at least {FewestImages}" : null;

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training)
    {
        var scores = training.HeldOutScores(Scores);
        return new()
        {
            Numbers = scores.ToDictionary(s => s.Key.Name, s => Deviation(s.Value)),
            Tensors = scores.ToDictionary(s => s.Key.Name, s => tensor(ReferenceRank.Reference(s.Value), dtype: float32)),
        };
    }

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        into.Clear();
        foreach (var score in Scores)
        {
            var scores = input.Scores(score);
            var reference = state.Values<float>(score.Name);
            double deviation = state.Numbers[score.Name];
            for (int i = 0; i < into.Length; i++)
                into[i] += (float)LogShare(reference, deviation, scores[i]);
        }
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        var graph = input.Graph;
        OnnxValue? sum = null;
        foreach (var score in Scores)
        {
            var scores = input.Scores(score);
            var reference = state.Values<float>(score.Name);
            var share = graph.Divide(graph.Add(ReferenceRank.Export(graph, scores, reference), graph.Constant(0.5)), graph.Constant(reference.Length + 1.0));
            var beyond = graph.Divide(graph.Subtract(graph.Constant((double)reference[0]), graph.Cast<double>(scores)), graph.Constant(state.Numbers[score.Name]));
            var part = graph.Subtract(graph.Log(share), graph.Node("Min", [graph.Constant(Furthest), graph.Node("Max", [graph.Constant(0.0), beyond])]));
            sum = sum is null ? part : graph.Add(sum, part);
        }
        return sum;
    }

    /// <summary>log of (the rank among the reference plus a half) / (images + 1), never 0; less the distance below the lowest, in deviations.</summary>
    internal static double LogShare(ReadOnlySpan<float> reference, double deviation, float score) =>
        Math.Log((ReferenceRank.Of(reference, score) + 0.5) / (reference.Length + 1)) - Math.Clamp(((double)reference[0] - score) / deviation, 0, Furthest);

    private static double Deviation(float[] scores)
    {
        double mean = scores.Average(v => (double)v), deviation = Math.Sqrt(scores.Average(v => (v - mean) * (v - mean)));
        return deviation > 0 && double.IsFinite(deviation) ? deviation : 1;
    }
}

using Hdge.Onnx;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Mean over several scores of the share of held-out images that score lower (ties count half): 0..1, uniform for images like those held out. Scores of different scales
/// are comparable as ranks, and a stored reference makes ranks of single images.
/// </summary>
public sealed record RankAverageDetector : Detector
{
    internal const int LargestReference = 10_000;

    /// <summary>
    /// The scores that it averages, at least one, none of them twice or with gradients. Default one of each kind: log-density, largest probability, nearest neighbours, ViM.
    /// </summary>
    public IReadOnlyList<DetectionScore> Scores { get; init; } =
        [DetectionScore.LogDensity, DetectionScore.MaxProbability, DetectionScore.NearestNeighbors, DetectionScore.Vim];

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.RankAverage;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override IReadOnlyList<DetectionScore> Uses => Scores;

    /// <summary>A reference a score: scores of held-out images, ascending.</summary>
    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [.. Scores.Select(s => new TensorLayout(s.Name, float32, new SideRange(1, LargestReference)))] };

    /// <inheritdoc/>
    public override void Validate()
    {
        ArgumentNullException.ThrowIfNull(Scores);
        Argument.Require(Scores.Count > 0 && Scores.Distinct().Count() == Scores.Count && !Scores.Contains(Kind), $"[{string.Join(", ", Scores)}]", $"at least one score, none twice, and not {Kind}", nameof(Scores));
    }

    /// <inheritdoc/>
    public override void Validate(DetectorState state) => RequireAscending(Kind, state);

    /// <exception cref="ArgumentException">A reference of a state is not ascending.</exception>
    internal static void RequireAscending(DetectionScore kind, DetectorState state)
    {
        foreach (string name in state.Tensors.Keys)
        {
            var values = state.Values<float>(name);
            for (int i = 1; i < values.Length; i++)
                if (values[i] < values[i - 1])
                    throw new ArgumentException($"'{kind}.{name}' is not in ascending order.");
        }
    }

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training) =>
        new() { Tensors = training.HeldOutScores(Scores).ToDictionary(s => s.Key.Name, s => tensor(Reference(s.Value), dtype: float32)) };

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        into.Clear();
        foreach (var score in Scores)
        {
            var scores = input.Scores(score);
            var reference = state.Values<float>(score.Name);
            for (int i = 0; i < into.Length; i++)
                into[i] += (float)(Rank(reference, scores[i]) / Scores.Count);
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
            var reference = state.Values<float>(score.Name);
            var rank = graph.Divide(input.Below(input.Scores(score), reference), graph.Constant((double)reference.Length * Scores.Count));
            sum = sum is null ? rank : graph.Add(sum, rank);
        }
        return sum;
    }

    /// <summary>A reference from held-out scores, at least one: ascending; of more than 10,000, as many evenly spaced order statistics.</summary>
    internal static float[] Reference(ReadOnlySpan<float> scores)
    {
        float[] sorted = scores.ToArray();
        Array.Sort(sorted);
        if (sorted.Length <= LargestReference)
            return sorted;
        return [.. Enumerable.Range(0, LargestReference).Select(i => sorted[(int)((2L * i + 1) * sorted.Length / (2L * LargestReference))])];
    }

    /// <summary>Share of an ascending reference that is lower, ties half: 0..1.</summary>
    internal static double Rank(ReadOnlySpan<float> ascending, float score) => (Below(ascending, score) + NotAbove(ascending, score)) / (2.0 * ascending.Length);

    private static int Below(ReadOnlySpan<float> ascending, float score) => FirstWhere(ascending, v => v >= score);

    private static int NotAbove(ReadOnlySpan<float> ascending, float score) => FirstWhere(ascending, v => v > score);

    private static int FirstWhere(ReadOnlySpan<float> ascending, Func<float, bool> reached)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (reached(ascending[middle]))
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}

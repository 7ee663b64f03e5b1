using Hdge.Onnx;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Mean over several scores of the share of held-out images that score lower, interpolated between them (ties count half): between 0 and 1, uniform for images like those held out. Scores of different scales
/// are comparable as ranks, and a stored reference makes ranks of single images. Beyond the outermost held-out image the share stays.
/// </summary>
public sealed record RankAverageDetector : Detector
{
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
    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [.. Scores.Select(s => new TensorLayout(s.Name, float32, new SideRange(1, ReferenceRank.LargestReference)))] };

    /// <inheritdoc/>
    public override void Validate()
    {
        ArgumentNullException.ThrowIfNull(Scores);
        Argument.Require(Scores.Count > 0 && Scores.Distinct().Count() == Scores.Count && !Scores.Contains(Kind), $"[{string.Join(", ", Scores)}]", $"at least one score, none twice, and not {Kind}", nameof(Scores));
    }

    /// <inheritdoc/>
    public override void Validate(DetectorState state) => ReferenceRank.RequireAscending(Kind, state);

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training) =>
        new() { Tensors = training.HeldOutScores(Scores).ToDictionary(s => s.Key.Name, s => tensor(ReferenceRank.Reference(s.Value), dtype: float32)) };

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        into.Clear();
        foreach (var score in Scores)
        {
            var scores = input.Scores(score);
            var reference = state.Values<float>(score.Name);
            for (int i = 0; i < into.Length; i++)
                into[i] += (float)(ReferenceRank.Of(reference, scores[i]) / reference.Length / Scores.Count);
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
            var rank = graph.Divide(ReferenceRank.Export(graph, input.Scores(score), reference), graph.Constant((double)reference.Length * Scores.Count));
            sum = sum is null ? rank : graph.Add(sum, rank);
        }
        return sum;
    }
}

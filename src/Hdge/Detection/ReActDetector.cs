namespace Hdge.Detection;

/// <summary>LogSumExp of the logits of min(z, c) (Sun, Guo and Li 2021, equation 3), c a percentile of all features of the training sample.</summary>
internal sealed class ReActDetector(double clip, Lazy<LinearHead> head) : Detector
{
    public override DetectionScore Kind => DetectionScore.ReAct;

    /// <summary>The percentile of <paramref name="features"/>, linear between order statistics.</summary>
    public static double Clip(ReadOnlySpan<float> features, double percentile)
    {
        float[] sorted = features.ToArray();
        Array.Sort(sorted);
        double at = percentile / 100 * (sorted.Length - 1);
        int below = (int)at;
        return sorted[below] + (at - below) * ((double)sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }

    public override void Score(DetectionInput input, Span<float> into) => Copy(head.Value.Logits(input.Features.AtMost(clip)).logsumexp(1), into);
}

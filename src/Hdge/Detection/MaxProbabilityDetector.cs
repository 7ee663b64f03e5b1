namespace Hdge.Detection;

/// <summary>max softmax f(x) (Hendrycks and Gimpel 2017).</summary>
internal sealed class MaxProbabilityDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.MaxProbability;

    protected override double Score(ReadOnlySpan<float> logits, double temperature) => LogitRow.Confidence(logits, 1);
}

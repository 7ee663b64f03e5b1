namespace Hdge.Detection;

/// <summary>max f(x) (Hendrycks et al. 2022).</summary>
internal sealed record MaxLogitDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.MaxLogit;

    protected override double Score(ReadOnlySpan<float> logits) => logits[LogitRow.Summarise(logits).Best];
}

namespace Hdge.Detection;

/// <summary>log q(x) = LogSumExp f(x) (Grathwohl et al. 2020, equation 5).</summary>
internal sealed class LogDensityDetector : LogitDetector
{
    public override DetectionScore Kind => DetectionScore.LogDensity;

    protected override double Score(ReadOnlySpan<float> logits, double temperature) => LogitRow.Summarise(logits).LogDensity;
}

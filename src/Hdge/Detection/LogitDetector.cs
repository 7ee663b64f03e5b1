namespace Hdge.Detection;

/// <summary>A score of an image's logits alone.</summary>
internal abstract class LogitDetector : Detector
{
    public override void Score(DetectionInput input, Span<float> into)
    {
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)Score(input.Row(i), input.Temperature);
    }

    protected abstract double Score(ReadOnlySpan<float> logits, double temperature);
}

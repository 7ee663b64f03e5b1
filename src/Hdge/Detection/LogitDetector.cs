namespace Hdge.Detection;

/// <summary>A score of an image's logits alone, which needs no fitting.</summary>
public abstract record LogitDetector : Detector
{
    /// <inheritdoc/>
    public sealed override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        ArgumentNullException.ThrowIfNull(input);
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)Score(input.LogitRow(i));
    }

    /// <summary>Scores an image: higher is more in-distribution, never NaN.</summary>
    /// <param name="logits">Its C logits.</param>
    protected abstract double Score(ReadOnlySpan<float> logits);
}

namespace Hdge.Calibration;

/// <summary>Brier score (Brier 1950): mean over the images of Σ_c (p_c − [c is the label])².</summary>
public static class BrierScore
{
    /// <summary>The score, 0..2; lower is better.</summary>
    /// <param name="probabilities">Count × classes, image after image: 0..1, each row summing to 1 within 0.001.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public static double Of(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount)
    {
        ProbabilityRows.Check(probabilities, labels, classCount);
        double total = 0;
        for (int i = 0; i < labels.Length; i++)
            for (int c = 0; c < classCount; c++)
            {
                double distance = probabilities[i * classCount + c] - (labels[i] == c ? 1.0 : 0.0);
                total += distance * distance;
            }
        return total / labels.Length;
    }
}

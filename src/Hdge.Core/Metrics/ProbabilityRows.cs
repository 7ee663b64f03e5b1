namespace Hdge.Metrics;

/// <summary>Checks rows of class probabilities and their labels.</summary>
internal static class ProbabilityRows
{
    /// <exception cref="ArgumentException">Lengths, labels, a probability or the sum of a row are not as expected.</exception>
    public static void Check(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount)
    {
        CheckShape(probabilities.Length, labels, classCount, "probabilities");
        for (int i = 0; i < labels.Length; i++)
        {
            double sum = 0;
            foreach (float p in probabilities.Slice(i * classCount, classCount))
            {
                if (!(p >= 0 && p <= 1))
                    throw new ArgumentException($"Row {i} has the probability {p}, expected 0..1.", nameof(probabilities));
                sum += p;
            }
            if (Math.Abs(sum - 1) > Probabilities.Tolerance)
                throw new ArgumentException($"The probabilities of row {i} sum to {sum:G6}, expected 1.", nameof(probabilities));
        }
    }

    /// <exception cref="ArgumentException">Lengths or labels are not as expected, or a logit is not finite.</exception>
    public static void CheckLogits(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount)
    {
        CheckShape(logits.Length, labels, classCount, "logits");
        for (int i = 0; i < logits.Length; i++)
            if (!float.IsFinite(logits[i]))
                throw new ArgumentException($"Logit {i % classCount} of row {i / classCount} is {logits[i]}, expected a finite number.", nameof(logits));
    }

    /// <exception cref="ArgumentException">Lengths or labels are not as expected.</exception>
    public static void CheckShape(int values, ReadOnlySpan<int> labels, int classCount, string what)
    {
        Argument.Require(classCount >= 2, classCount, "at least 2");
        if (labels.Length == 0 || values != (long)labels.Length * classCount)
            throw new ArgumentException($"{labels.Length} labels of {classCount} classes need {(long)labels.Length * classCount} {what} and at least one label, found {values}.");
        for (int i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classCount)
                throw new ArgumentException($"Label {i} is {labels[i]}, expected 0..{classCount - 1}.", nameof(labels));
    }
}

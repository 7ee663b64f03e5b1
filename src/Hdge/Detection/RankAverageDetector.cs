namespace Hdge.Detection;

/// <summary>
/// Mean over several scores of the share of held-out images that score lower (ties count half): 0..1, uniform for images like those held out. Scores of different scales
/// are comparable as ranks, and a stored reference makes ranks of single images.
/// </summary>
/// <param name="members">Each score with its reference: scores of held-out images, ascending.</param>
internal sealed class RankAverageDetector(IReadOnlyList<(Detector Detector, float[] Reference)> members) : Detector
{
    private const int LargestReference = 10_000;

    public override DetectionScore Kind => DetectionScore.RankAverage;

    /// <summary>A reference from held-out scores, at least one: ascending; of more than 10,000, as many evenly spaced order statistics.</summary>
    public static float[] Reference(ReadOnlySpan<float> scores)
    {
        float[] sorted = scores.ToArray();
        Array.Sort(sorted);
        if (sorted.Length <= LargestReference)
            return sorted;
        return [.. Enumerable.Range(0, LargestReference).Select(i => sorted[(int)((2L * i + 1) * sorted.Length / (2L * LargestReference))])];
    }

    public override void Score(DetectionInput input, Span<float> into)
    {
        into.Clear();
        foreach (var (detector, reference) in members)
        {
            var scores = input.Scores(detector);
            for (int i = 0; i < into.Length; i++)
                into[i] += (float)((Below(reference, scores[i]) + NotAbove(reference, scores[i])) / (2.0 * reference.Length * members.Count));
        }
    }

    private static int Below(float[] ascending, float score) => FirstWhere(ascending, v => v >= score);

    private static int NotAbove(float[] ascending, float score) => FirstWhere(ascending, v => v > score);

    private static int FirstWhere(float[] ascending, Func<float, bool> reached)
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

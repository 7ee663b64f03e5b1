namespace Hdge.Metrics;

/// <summary>How good prediction sets are: the share that hold the label, and how large they are.</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Coverage">Share of images whose set holds the label, 0..1.</param>
/// <param name="MeanSize">Mean number of classes in a set, 0..classes; lower is better.</param>
/// <param name="SingletonShare">Share of images whose set has exactly one class, 0..1.</param>
/// <param name="EmptyShare">Share of images whose set is empty, 0..1.</param>
public sealed record PredictionSetMetrics(int Count, double Coverage, double MeanSize, double SingletonShare, double EmptyShare)
{
    /// <summary>All metrics.</summary>
    /// <param name="sets">Count × classes, image after image: whether a class is in the image's set.</param>
    /// <param name="labels">One class an image, at least one.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a label is out of range.</exception>
    public static PredictionSetMetrics Of(ReadOnlySpan<bool> sets, ReadOnlySpan<int> labels, int classCount)
    {
        ProbabilityRows.CheckShape(sets.Length, labels, classCount, "set members");
        long covered = 0, members = 0, single = 0, empty = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<bool> set = sets.Slice(i * classCount, classCount);
            int size = set.Count(true);
            members += size;
            covered += set[labels[i]] ? 1 : 0;
            single += size == 1 ? 1 : 0;
            empty += size == 0 ? 1 : 0;
        }
        double count = labels.Length;
        return new(labels.Length, covered / count, members / count, single / count, empty / count);
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

using Hdge.Onnx;

namespace Hdge.Detection;

/// <summary>
/// Where a score stands among those of held-out images. A reference of n scores stands at the ranks 0.5, 1.5 … n − 0.5, equal ones at the middle of theirs; between two neighbours the rank rises evenly, so that
/// no last digit makes it jump; beyond the outermost it is theirs.
/// </summary>
internal static class ReferenceRank
{
    public const int LargestReference = 10_000;

    /// <summary>A reference from held-out scores, at least one: ascending; of more than 10,000, as many evenly spaced order statistics.</summary>
    public static float[] Reference(ReadOnlySpan<float> scores)
    {
        float[] sorted = scores.ToArray();
        Array.Sort(sorted);
        if (sorted.Length <= LargestReference)
            return sorted;
        return [.. Enumerable.Range(0, LargestReference).Select(i => sorted[(int)((2L * i + 1) * sorted.Length / (2L * LargestReference))])];
    }

    /// <exception cref="ArgumentException">A reference of a state is not ascending.</exception>
    public static void RequireAscending(DetectionScore kind, DetectorState state)
    {
        foreach (string name in state.Tensors.Keys)
        {
            var values = state.Values<float>(name);
            for (int i = 1; i < values.Length; i++)
                if (!(values[i] >= values[i - 1]))
                    throw new ArgumentException($"'{kind}.{name}' is not in ascending order.");
        }
    }

    /// <summary>The rank of a score, 0.5 to n − 0.5.</summary>
    public static double Of(ReadOnlySpan<float> ascending, float score)
    {
        int below = Below(ascending, score), notAbove = NotAbove(ascending, score);
        if (below < notAbove)
            return (below + notAbove) / 2.0;
        if (below == 0)
            return NotAbove(ascending, ascending[0]) / 2.0;
        double lower = ascending[below - 1], from = (Below(ascending, ascending[below - 1]) + below) / 2.0;
        if (below == ascending.Length)
            return from;
        double upper = ascending[below], to = (below + NotAbove(ascending, ascending[below])) / 2.0;
        return from + (to - from) / (upper - lower) * (score - lower);
    }

    /// <summary><see cref="Of"/> of each score in a graph, doubles [N, 1].</summary>
    /// <param name="graph">Takes it.</param>
    /// <param name="scores">[N, 1] in single precision.</param>
    /// <param name="ascending">At least one.</param>
    public static OnnxValue Export(OnnxGraph graph, OnnxValue scores, ReadOnlySpan<float> ascending)
    {
        // A piece before the first score, one behind each: where it begins, its rank there, and how steep it is.
        float[] values = Distinct(ascending);
        var (begins, ranks, slopes) = (new double[values.Length + 1], new double[values.Length + 1], new double[values.Length + 1]);
        (begins[0], ranks[0]) = (values[0], Of(ascending, values[0]));
        for (int i = 0; i < values.Length; i++)
        {
            (begins[i + 1], ranks[i + 1]) = (values[i], Of(ascending, values[i]));
            slopes[i + 1] = i + 1 < values.Length ? (Of(ascending, values[i + 1]) - ranks[i + 1]) / ((double)values[i + 1] - values[i]) : 0;
        }
        var passed = graph.NotAbove(graph.Constant<float>(values, 1, values.Length), scores);
        var piece = graph.Cast<long>(graph.RowSum(graph.Cast<double>(passed)));
        var past = graph.Subtract(graph.Cast<double>(scores), Pick(begins));
        return graph.Add(Pick(ranks), graph.Multiply(Pick(slopes), past));

        OnnxValue Pick(double[] table) => graph.Node("Gather", [graph.Constant<double>(table), piece], ("axis", 0L));
    }

    private static float[] Distinct(ReadOnlySpan<float> ascending)
    {
        var values = new List<float>();
        foreach (float value in ascending)
            if (values.Count == 0 || value > values[^1])
                values.Add(value);
        return [.. values];
    }

    private static int Below(ReadOnlySpan<float> ascending, float score)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ascending[middle] >= score)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    private static int NotAbove(ReadOnlySpan<float> ascending, float score) => score < float.PositiveInfinity ? Below(ascending, MathF.BitIncrement(score)) : ascending.Length;
}

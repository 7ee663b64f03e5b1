namespace Hdge.Benchmarks;

/// <summary>Measures several things in turn, so that a machine whose speed drifts slows all of them; ratios are taken within a round.</summary>
internal static class Rounds
{
    /// <summary>What each measurement gave, a number a round; the one that goes first changes.</summary>
    public static List<double>[] Run(int rounds, params IReadOnlyList<Func<double>> measures)
    {
        var results = measures.Select(_ => new List<double>()).ToArray();
        foreach (var measure in measures)
            measure(); // warms up
        for (int round = 0; round < rounds; round++)
            for (int k = 0; k < measures.Count; k++)
            {
                int i = (round + k) % measures.Count;
                results[i].Add(measures[i]());
            }
        return results;
    }

    /// <summary>Median over the rounds of a over b.</summary>
    public static double Ratio(List<double> a, List<double> b) => Report.Median(a.Zip(b, (x, y) => x / y));

    /// <summary>Quartiles over the rounds of a over b: "0.39..0.42".</summary>
    public static string Spread(List<double> a, List<double> b)
    {
        double[] sorted = [.. a.Zip(b, (x, y) => x / y).Order()];
        return FormattableString.Invariant($"{sorted[sorted.Length / 4]:F2}..{sorted[3 * sorted.Length / 4]:F2}");
    }
}

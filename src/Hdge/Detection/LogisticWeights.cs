namespace Hdge.Detection;

/// <summary>Logistic regression with weights of at least 0, by projected gradient steps.</summary>
internal static class LogisticWeights
{
    private const int Steps = 500;

    /// <summary>Weights that tell <paramref name="known"/> (high) from <paramref name="unknown"/> (low).</summary>
    /// <param name="known">Rows of standardised values.</param>
    /// <param name="unknown">Kinds of rows; every kind counts alike, and all of them as much as the known rows.</param>
    /// <param name="penalty">λ of λ/2·Σ(w − mean w)².</param>
    public static double[] Fit(double[][] known, double[][][] unknown, double penalty)
    {
        int length = known[0].Length;
        var rows = new List<(double[] Values, double Sign, double Weight)>();
        rows.AddRange(known.Select(x => (x, 1.0, 0.5 / known.Length)));
        foreach (double[][] kind in unknown)
            rows.AddRange(kind.Select(x => (x, -1.0, 0.5 / unknown.Length / kind.Length)));
        double curvature = 0.25 * rows.Sum(r => r.Weight * (1 + r.Values.Sum(v => v * v))) + penalty; // at least the loss's largest: steps of its inverse descend
        var weights = Enumerable.Repeat(1.0 / length, length).ToArray();
        double offset = 0;
        var slope = new double[length];
        for (int step = 0; step < Steps; step++)
        {
            Array.Clear(slope);
            double offsetSlope = 0, mean = weights.Average();
            foreach (var (values, sign, weight) in rows)
            {
                double sum = offset;
                for (int k = 0; k < length; k++)
                    sum += weights[k] * values[k];
                double pull = -sign * weight / (1 + Math.Exp(sign * sum));
                offsetSlope += pull;
                for (int k = 0; k < length; k++)
                    slope[k] += pull * values[k];
            }
            offset -= offsetSlope / curvature;
            for (int k = 0; k < length; k++)
                weights[k] = Math.Max(0, weights[k] - (slope[k] + penalty * (weights[k] - mean)) / curvature);
        }
        return weights.Any(w => w > 0) ? weights : [.. weights.Select(_ => 1.0 / length)];
    }
}

namespace Hdge;

/// <summary>The rank of an empirical quantile: how many of a number of sorted things make at least a share.</summary>
internal static class QuantileRank
{
    /// <summary>The smallest k with k ≥ share · count, at least 1. A share such as 0.07 of 100 means 7: what double precision adds to it does not count.</summary>
    public static int Of(double share, long count) => (int)Math.Max(1, Math.Ceiling(share * count * (1 - 1e-12)));
}

using System.Numerics;

namespace Hdge.Metrics;

/// <summary>Known and unknown scores in order, walked threshold by threshold. A threshold takes every score that reaches it: equal scores pass together.</summary>
internal sealed class RankedScores<T> where T : struct, IFloatingPointIeee754<T>
{
    private readonly T[] _known, _unknown; // ascending

    /// <exception cref="ArgumentException">One side is empty, or a score is NaN.</exception>
    public RankedScores(ReadOnlySpan<T> known, ReadOnlySpan<T> unknown)
    {
        if (known.Length == 0 || unknown.Length == 0)
            throw new ArgumentException($"Detection metrics need scores of both kinds, found {known.Length} known and {unknown.Length} unknown.");
        (_known, _unknown) = (Sorted(known, "Known"), Sorted(unknown, "Unknown"));
    }

    public int KnownCount => _known.Length;

    public int UnknownCount => _unknown.Length;

    /// <summary>For each distinct score, highest first: the score and how many known and unknown ones reach it.</summary>
    public IEnumerable<(T Threshold, int Known, int Unknown)> Thresholds()
    {
        int k = _known.Length, u = _unknown.Length; // what lies below the thresholds so far
        while (k > 0 || u > 0)
        {
            T at = u == 0 || (k > 0 && _known[k - 1] >= _unknown[u - 1]) ? _known[k - 1] : _unknown[u - 1];
            while (k > 0 && _known[k - 1] == at)
                k--;
            while (u > 0 && _unknown[u - 1] == at)
                u--;
            yield return (at, _known.Length - k, _unknown.Length - u);
        }
    }

    private static T[] Sorted(ReadOnlySpan<T> scores, string kind)
    {
        for (int i = 0; i < scores.Length; i++)
            if (T.IsNaN(scores[i]))
                throw new ArgumentException($"{kind} score {i} is NaN, expected a number.");
        T[] copy = scores.ToArray();
        Array.Sort(copy);
        return copy;
    }
}

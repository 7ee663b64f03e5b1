using MathNet.Numerics.Distributions;

namespace ScoringService;

/// <summary>
/// Compares the share of unknowns among the answers with that among the validation images, window after window, two-sided. The validation share is itself only known from so many images, so the count of a
/// window is held against the beta-binomial that follows from them: with many images the plain binomial, with few no false alarms.
/// </summary>
internal sealed class Drift(int window, double level)
{
    private readonly Lock _lock = new();
    private int _answers, _unknown;
    private long _allAnswers, _allUnknown;
    private (double Share, double Probability)? _last;

    /// <summary>Takes an answer. Where nothing is known of validation images it is only counted.</summary>
    public void Add(bool isUnknown, Reference? reference)
    {
        lock (_lock)
        {
            _allAnswers++;
            _allUnknown += isUnknown ? 1 : 0;
            if (reference is null)
                return;
            _answers++;
            _unknown += isUnknown ? 1 : 0;
            if (_answers < window)
                return;
            _last = ((double)_unknown / window, Probability(_unknown, window, reference.Unknown, reference.Images));
            (_answers, _unknown) = (0, 0);
        }
    }

    /// <summary>Begins anew: another model, another share.</summary>
    public void Restart()
    {
        lock (_lock)
            (_answers, _unknown, _last) = (0, 0, null);
    }

    public State Now()
    {
        lock (_lock)
            return new(_allAnswers, _allUnknown, window, _answers, _unknown, _last?.Share, _last?.Probability, _last is { } last && last.Probability < level);
    }

    /// <summary>Two-sided probability of a count as far from what validation says, or farther.</summary>
    public static double Probability(int unknown, int answers, int validationUnknown, int validationImages)
    {
        var expected = new BetaBinomial(answers, validationUnknown + 0.5, validationImages - validationUnknown + 0.5); // Jeffreys' prior
        double below = 0, above = 0; // each with the count itself
        for (int k = 0; k <= answers; k++)
        {
            double p = Math.Exp(expected.ProbabilityLn(k));
            below += k <= unknown ? p : 0;
            above += k >= unknown ? p : 0;
        }
        return Math.Min(1, 2 * Math.Min(below, above));
    }

    /// <summary>All answers so far, those of the window that fills, and what the last full one said.</summary>
    internal sealed record State(long Answers, long Unknown, int Window, int WindowAnswers, int WindowUnknown, double? LastShare, double? LastProbability, bool Alarm);
}

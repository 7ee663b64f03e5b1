namespace Hdge.Metrics;

/// <summary>A point of the curve: of the share <paramref name="Coverage"/> of images with at least this confidence, the share <paramref name="Risk"/> is wrong.</summary>
public readonly record struct RiskCoveragePoint(double Coverage, double Risk, double Confidence)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

/// <summary>
/// Selective classification (Geifman and El-Yaniv 2017): how often the classifier is wrong when it answers only where its confidence reaches a threshold.
/// Images of equal confidence are answered together.
/// </summary>
public sealed class RiskCoverageCurve
{
    private readonly List<(int Answered, int Wrong, float Confidence)> _steps = []; // one a distinct confidence, highest first
    private readonly int _count;

    /// <summary>The curve of the given images.</summary>
    /// <param name="confidences">Confidence of the answer, 0..1, one an image.</param>
    /// <param name="correct">Whether the answer was right, one an image.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are no images, or a confidence is outside 0..1.</exception>
    public RiskCoverageCurve(ReadOnlySpan<float> confidences, ReadOnlySpan<bool> correct)
    {
        Reliability.Check(confidences, correct);
        float[] sorted = confidences.ToArray();
        bool[] right = correct.ToArray();
        Array.Sort(sorted, right);
        _count = sorted.Length;
        int wrong = 0;
        for (int i = _count - 1; i >= 0; i--)
        {
            wrong += right[i] ? 0 : 1;
            if (i == 0 || sorted[i - 1] != sorted[i])
                _steps.Add((_count - i, wrong, sorted[i]));
        }
        (Aurc, double best) = (Area(), BestArea(_count, wrong));
        ExcessAurc = Aurc - best;
    }

    /// <summary>
    /// Area under the curve (Geifman et al. 2019): the mean over k = 1..n of the risk of the k most confident images; 0..1, lower is better.
    /// Among equal confidences it is the mean over all their orders.
    /// </summary>
    public double Aurc { get; }

    /// <summary>E-AURC: <see cref="Aurc"/> less that of the best order, every right answer before every wrong one (the exact sum, not its approximation); 0 at best.</summary>
    public double ExcessAurc { get; }

    /// <summary>The largest share of images that can be answered with at most the given share wrong; 0 when there is no such threshold.</summary>
    /// <param name="risk">Share of wrong answers among those given, 0..1.</param>
    public double CoverageAtRisk(double risk)
    {
        Argument.Require(risk is >= 0 and <= 1, risk, "0..1");
        int index = _steps.FindLastIndex(s => s.Wrong <= risk * s.Answered * (1 + 1e-12));
        return index < 0 ? 0 : (double)_steps[index].Answered / _count;
    }

    /// <summary>Share of wrong answers at the highest threshold that answers at least the given share of the images.</summary>
    /// <param name="coverage">Share of images to answer, (0, 1].</param>
    public double RiskAtCoverage(double coverage)
    {
        Argument.Require(coverage is > 0 and <= 1, coverage, "more than 0 and at most 1");
        int enough = QuantileRank.Of(coverage, _count);
        var (answered, wrong, _) = _steps.Find(s => s.Answered >= enough);
        return (double)wrong / answered;
    }

    /// <summary>The curve by rising coverage, one point a distinct confidence; of more than <paramref name="maximumPoints"/> the last in each of as many equal parts of the coverage.</summary>
    /// <param name="maximumPoints">At least 1. Default 400.</param>
    public RiskCoveragePoint[] Points(int maximumPoints = 400)
    {
        Argument.Require(maximumPoints >= 1, maximumPoints, "at least 1");
        long Part(int step) => (_steps[step].Answered * (long)maximumPoints - 1) / _count;
        return [.. Enumerable.Range(0, _steps.Count).Where(i => i == _steps.Count - 1 || Part(i) != Part(i + 1))
            .Select(i => new RiskCoveragePoint((double)_steps[i].Answered / _count, (double)_steps[i].Wrong / _steps[i].Answered, _steps[i].Confidence))];
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => $"Risk-coverage of {_count} images: AURC {Aurc:G4}, E-AURC {ExcessAurc:G4}";

    private double Area()
    {
        double area = 0;
        int answered = 0, wrong = 0;
        foreach (var step in _steps)
        {
            double rate = (step.Wrong - wrong) / (double)(step.Answered - answered); // any order: each next one is wrong with this probability
            for (int more = 1; answered + more <= step.Answered; more++)
                area += (wrong + more * rate) / (answered + more);
            (answered, wrong) = (step.Answered, step.Wrong);
        }
        return area / _count;
    }

    private static double BestArea(int count, int wrong)
    {
        double area = 0;
        for (int k = count - wrong + 1; k <= count; k++)
            area += (k - (count - wrong)) / (double)k;
        return area / count;
    }
}

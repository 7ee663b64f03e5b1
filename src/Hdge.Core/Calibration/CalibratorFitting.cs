using Hdge.Data;

namespace Hdge.Calibration;

/// <summary>Fits calibrators to held-out images, and chooses among them.</summary>
public static class CalibratorFitting
{
    /// <summary>With more classes than this, <see cref="CalibrationMethod.Auto"/> leaves out matrix scaling: its C² parameters take minutes and seldom pay.</summary>
    public const int MostClassesForMatrix = 50;

    private static readonly CalibrationMethod[] BySimplicity = [.. Enum.GetValues<CalibrationMethod>().Where(m => m != CalibrationMethod.Auto)];

    /// <summary>
    /// Fits a calibrator. <see cref="CalibrationMethod.Auto"/> compares the methods by cross-validation and takes the simplest one whose negative
    /// log-likelihood exceeds the best one's by at most one standard error of the difference (Breiman et al. 1984, the one-standard-error rule).
    /// With a single image there is nothing to compare: it takes <see cref="CalibrationMethod.None"/>.
    /// </summary>
    /// <param name="logits">Count × classes, image after image, finite; for a classifier that gives probabilities, <see cref="LogProbabilities"/>.</param>
    /// <param name="labels">One class an image. Classes may be missing.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <param name="method">Default <see cref="CalibrationMethod.Auto"/>.</param>
    /// <param name="folds">Folds of the cross-validation, at least 2, as many as images at most. Default 5.</param>
    /// <param name="seed">Deals the folds: the same seed, the same choice. Default 0.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public static CalibratorFit Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount, CalibrationMethod method = CalibrationMethod.Auto,
        int folds = 5, int seed = 0, CancellationToken cancellationToken = default)
    {
        ProbabilityRows.CheckLogits(logits, labels, classCount);
        Option.Require(folds >= 2, folds, "at least 2");
        Option.Require(Enum.IsDefined(method), method, "a calibration method");
        CalibrationCandidate[] candidates = [];
        if (method == CalibrationMethod.Auto)
        {
            candidates = labels.Length > 1 ? Compare(logits, labels, classCount, Math.Min(folds, labels.Length), seed, cancellationToken) : [];
            double best = candidates.Select(c => c.NegativeLogLikelihood).DefaultIfEmpty().Min();
            method = candidates.FirstOrDefault(c => c.NegativeLogLikelihood - best <= c.StandardError)?.Method ?? CalibrationMethod.None;
        }
        return new(FitChecked(logits, labels, classCount, method, cancellationToken), candidates);
    }

    private static Calibrator FitChecked(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount, CalibrationMethod method, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return method switch
        {
            CalibrationMethod.None => new IdentityCalibrator(classCount),
            CalibrationMethod.Temperature => new TemperatureCalibrator(classCount, TemperatureScaling.Fit(logits, labels, classCount)),
            CalibrationMethod.Vector or CalibrationMethod.Matrix => AffineScaling.Fit(logits, labels, classCount, method == CalibrationMethod.Matrix, cancellationToken),
            CalibrationMethod.Isotonic => new IsotonicCalibrator(classCount, OneVersusRest(logits, labels, classCount, (p, y) => IsotonicRegression.Fit(p, y))),
            _ => new HistogramCalibrator(classCount, OneVersusRest(logits, labels, classCount, (p, y) => HistogramBinning.Fit(p, y))),
        };
    }

    private static StepFunction[] OneVersusRest(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount, Func<float[], bool[], StepFunction> fit)
    {
        var rows = new float[logits.Length];
        new IdentityCalibrator(classCount).Apply(logits, rows);
        var steps = new StepFunction[classCount];
        var (column, positive) = (new float[labels.Length], new bool[labels.Length]);
        for (int c = 0; c < classCount; c++)
        {
            for (int i = 0; i < labels.Length; i++)
                (column[i], positive[i]) = (rows[i * classCount + c], labels[i] == c);
            steps[c] = fit(column, positive);
        }
        return steps;
    }

    private static CalibrationCandidate[] Compare(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount, int folds, int seed, CancellationToken cancellationToken)
    {
        CalibrationMethod[] methods = [.. BySimplicity.Where(m => m != CalibrationMethod.Matrix || classCount <= MostClassesForMatrix)];
        var losses = new double[methods.Length][];
        int[] fold = StratifiedFolds.Of(labels, folds, Seeds.Mix(seed, folds));
        var row = new float[classCount];
        for (int m = 0; m < methods.Length; m++)
            losses[m] = new double[labels.Length];
        for (int f = 0; f < folds; f++)
        {
            int[] others = [.. Enumerable.Range(0, labels.Length).Where(i => fold[i] != f)];
            var (fitLogits, fitLabels) = (new float[others.Length * classCount], new int[others.Length]);
            for (int i = 0; i < others.Length; i++)
            {
                logits.Slice(others[i] * classCount, classCount).CopyTo(fitLogits.AsSpan(i * classCount));
                fitLabels[i] = labels[others[i]];
            }
            for (int m = 0; m < methods.Length; m++)
            {
                var calibrator = FitChecked(fitLogits, fitLabels, classCount, methods[m], cancellationToken);
                for (int i = 0; i < labels.Length; i++)
                    if (fold[i] == f)
                    {
                        calibrator.Apply(logits.Slice(i * classCount, classCount), row);
                        losses[m][i] = NegativeLogLikelihood.Of(row[labels[i]]);
                    }
            }
        }
        double[] best = losses.MinBy(l => l.Average())!;
        return [.. methods.Select((m, k) => new CalibrationCandidate(m, losses[k].Average(), StandardError([.. losses[k].Zip(best, (a, b) => a - b)])))];
    }

    private static double StandardError(double[] differences)
    {
        double mean = differences.Average();
        return Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1) / differences.Length);
    }
}

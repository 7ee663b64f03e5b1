using Hdge.Data;
using Hdge.Metrics;

namespace Hdge.Calibration;

/// <summary>Fits calibrators to held-out images, and chooses among them.</summary>
public static class CalibratorFitting
{
    /// <summary>With more classes than this, <see cref="CalibrationMethod.Auto"/> leaves out matrix scaling: its C² parameters take minutes and seldom pay.</summary>
    public const int MostClassesForMatrix = 50;

    /// <summary>
    /// Fits a calibrator. <see cref="CalibrationMethod.Auto"/> compares the methods by cross-validation and takes the simplest one whose negative
    /// log-likelihood exceeds the best one's by at most one standard error of the difference (Breiman et al. 1984, the one-standard-error rule).
    /// With a single image there is nothing to compare: it takes <see cref="CalibrationMethod.None"/>.
    /// </summary>
    /// <param name="logits">Count × classes, image after image, finite; for a classifier that gives probabilities, <see cref="LogProbabilities"/>.</param>
    /// <param name="labels">One class an image. Classes may be missing.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <param name="method">Default null: <see cref="CalibrationMethod.Auto"/>.</param>
    /// <param name="folds">Folds of the cross-validation, at least 2, as many as images at most. Default 5.</param>
    /// <param name="seed">Deals the folds: the same seed, the same choice. Default 0.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    /// <exception cref="InvalidOperationException">A registered method fitted a calibrator that gives no probabilities.</exception>
    public static CalibratorFit Fit(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount, CalibrationMethod? method = null,
        int folds = 5, int seed = 0, CancellationToken cancellationToken = default)
        => Fit(new LabelledLogits(logits, labels, classCount), method, folds, seed, cancellationToken);

    /// <summary>As <see cref="Fit(ReadOnlySpan{float}, ReadOnlySpan{int}, int, CalibrationMethod?, int, int, CancellationToken)"/>, of images that may have detection scores.</summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="method">Default null: <see cref="CalibrationMethod.Auto"/>.</param>
    /// <param name="folds">Folds of the cross-validation, at least 2, as many as images at most. Default 5.</param>
    /// <param name="seed">Deals the folds: the same seed, the same choice. Default 0.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static CalibratorFit Fit(LabelledLogits data, CalibrationMethod? method = null, int folds = 5, int seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        Argument.Require(folds >= 2, folds, "at least 2");
        method ??= CalibrationMethod.Auto;
        CalibrationCandidate[] candidates = [];
        if (method == CalibrationMethod.Auto)
        {
            candidates = data.Count > 1 ? Compare(data, Math.Min(folds, data.Count), seed, cancellationToken) : [];
            double best = candidates.Select(c => c.NegativeLogLikelihood).DefaultIfEmpty().Min();
            method = candidates.FirstOrDefault(c => c.NegativeLogLikelihood - best <= c.StandardError)?.Method ?? CalibrationMethod.None;
        }
        return new(method.Fit(data, cancellationToken), candidates);
    }

    private static CalibrationCandidate[] Compare(LabelledLogits data, int folds, int seed, CancellationToken cancellationToken)
    {
        CalibrationMethod[] methods = [.. CalibrationMethod.BuiltIn.Where(m => m != CalibrationMethod.Matrix || data.ClassCount <= MostClassesForMatrix)];
        double[][] losses = [.. methods.Select(_ => new double[data.Count])];
        int[] fold = StratifiedFolds.Of(data.Labels, folds, Seeds.Mix(seed, folds));
        var row = new float[data.ClassCount];
        for (int f = 0; f < folds; f++)
        {
            var others = data.Of([.. Enumerable.Range(0, data.Count).Where(i => fold[i] != f)]);
            for (int m = 0; m < methods.Length; m++)
            {
                var calibrator = methods[m].Fit(others, cancellationToken);
                for (int i = 0; i < data.Count; i++)
                    if (fold[i] == f)
                    {
                        calibrator.Apply(data.Row(i), row);
                        losses[m][i] = ProbabilityMetrics.NegativeLogLikelihood(row[data.Labels[i]]);
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

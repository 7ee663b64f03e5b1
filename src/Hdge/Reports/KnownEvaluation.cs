using System.Globalization;
using Hdge.Data;
using Hdge.Metrics;

namespace Hdge.Reports;

/// <summary>How a model does on labelled images of its own classes: accuracy, calibration before and after, risk against coverage.</summary>
public sealed class KnownEvaluation
{
    private readonly KnownMetrics _metrics;
    private readonly float[] _confidence; // before calibration

    /// <summary>Scores the images, once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">At least one image, of the model's shape and classes.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">There are no images, or they have another shape.</exception>
    public KnownEvaluation(HdgeModel model, ImageSet images, CancellationToken cancellationToken = default) : this((IEvaluatedModel)model, images, cancellationToken)
    {
    }

    /// <summary>The same of an ensemble.</summary>
    /// <param name="ensemble">The ensemble.</param>
    /// <param name="images">At least one image, of the ensemble's shape and classes.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    public KnownEvaluation(HdgeEnsemble ensemble, ImageSet images, CancellationToken cancellationToken = default) : this((IEvaluatedModel)ensemble, images, cancellationToken)
    {
    }

    internal KnownEvaluation(IEvaluatedModel model, ImageSet images, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
            throw new ArgumentException("An evaluation needs at least 1 image, found 0.", nameof(images));
        Images = images;
        TellsUnknownApart = model.TellsUnknownApart;
        Scores = model.Score(images, cancellationToken);
        _metrics = KnownMetrics.Of(new()
        {
            ClassCount = model.ClassCount,
            Labels = images.Labels,
            Predicted = Scores.PredictedClass,
            Probabilities = Scores.Probabilities,
            Confidences = Scores.Confidence,
            Flagged = Scores.IsInDistribution.Count(kept => !kept),
        });
        _confidence = [.. Scores.PredictedClass.Select((best, i) => Scores.Probabilities[i * model.ClassCount + best])];
    }

    /// <summary>The images.</summary>
    public ImageSet Images { get; }

    /// <summary>What the model says of them.</summary>
    public ScoreBatch Scores { get; }

    /// <summary>What the model found when it chose its score: <see cref="Detection.DetectorSet.TellsUnknownApart"/>.</summary>
    public bool? TellsUnknownApart { get; }

    /// <summary>Of the probabilities before calibration.</summary>
    public CalibrationMetrics Before => _metrics.Uncalibrated;

    /// <summary>Of the calibrated confidence.</summary>
    public ConfidenceMetrics After => _metrics.Confidence;

    /// <summary>Share of the images that the model takes for in-distribution, 0..1.</summary>
    public double Kept => 1 - _metrics.FlaggedShare;

    /// <summary>Whether the predicted class of an image is its own.</summary>
    public bool IsCorrect(int image) => _metrics.Correct[image];

    /// <summary>Accuracy and calibration errors with 95 % bootstrap intervals.</summary>
    public IEnumerable<SummaryNumber> Summary(CancellationToken cancellationToken = default)
    {
        yield return Number("Accuracy", Before.Accuracy, "P1", "", Accuracy);
        yield return Number("ECE", Before.Ece, "F4", "20 bins, before calibration", items => Ece(_confidence, items));
        yield return Number("ECE, calibrated", After.Ece, "F4", string.Create(CultureInfo.InvariantCulture,
            $"20 bins, of the calibrated confidence; a perfectly calibrated model would show {After.EceNoise.Mean:F4} by chance, and hardly more than {After.EceNoise.Upper:F4}; debiased {After.DebiasedEce:F4}"), items => Ece(Scores.Confidence, items));

        SummaryNumber Number(string name, double value, string format, string note, Statistic statistic)
        {
            var (low, high) = Bootstrap.Interval(items => statistic(items), Images.Count, cancellation: cancellationToken);
            return new(name, value) { Low = low, High = high, Format = format, Note = note };
        }
    }

    private delegate double Statistic(ReadOnlySpan<int> items);

    private double Accuracy(ReadOnlySpan<int> items)
    {
        int right = 0;
        foreach (int i in items)
            right += _metrics.Correct[i] ? 1 : 0;
        return right / (double)items.Length;
    }

    private double Ece(float[] confidence, ReadOnlySpan<int> items)
    {
        var (confidences, correct) = (new float[items.Length], new bool[items.Length]);
        for (int i = 0; i < items.Length; i++)
            (confidences[i], correct[i]) = (confidence[items[i]], _metrics.Correct[items[i]]);
        return ProbabilityMetrics.ExpectedCalibrationError(confidences, correct);
    }
}

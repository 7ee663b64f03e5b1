using Hdge;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.Reports;

namespace PaperTables.Evaluation;

/// <summary>Classification and calibration on the known images, without noise.</summary>
internal sealed class KnownResult
{
    private readonly bool[] _correct;
    private readonly float[] _confidence; // before calibration

    public KnownResult(HdgeModel model, ImageSet images, CancellationToken cancellationToken)
    {
        Images = images;
        Scores = model.Score(images, cancellationToken);
        Before = CalibrationMetrics.Of(Scores.Probabilities, images.Labels, model.ClassCount);
        int[] labels = images.Labels.ToArray();
        _correct = [.. labels.Select((label, i) => Scores.PredictedClass[i] == label)];
        _confidence = [.. labels.Select((_, i) => Scores.Probabilities[i * model.ClassCount + Scores.PredictedClass[i]])];
        After = Reliability.Bins(Scores.Confidence, _correct);
        EceAfter = ExpectedCalibrationError.Of(Scores.Confidence, _correct);
        Kept = Scores.IsInDistribution.Count(kept => kept) / (double)images.Count;
    }

    public ImageSet Images { get; }

    public ScoreBatch Scores { get; }

    public CalibrationMetrics Before { get; }

    /// <summary>Reliability of the calibrated confidence.</summary>
    public IReadOnlyList<ReliabilityBin> After { get; }

    public double EceAfter { get; }

    /// <summary>Share of the images that the model takes for in-distribution.</summary>
    public double Kept { get; }

    public bool IsCorrect(int image) => _correct[image];

    /// <summary>Accuracy and calibration errors with bootstrap intervals.</summary>
    public IEnumerable<SummaryNumber> Summary(double temperature, CancellationToken cancellationToken)
    {
        yield return Number("Accuracy", Before.Accuracy, "P1", "", Accuracy);
        yield return Number("ECE", Before.Ece, "F4", "20 bins, before calibration", items => Ece(_confidence, items));
        yield return Number("ECE, calibrated", EceAfter, "F4", $"temperature {temperature:F2}", items => Ece(Scores.Confidence, items));

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
            right += _correct[i] ? 1 : 0;
        return right / (double)items.Length;
    }

    private double Ece(float[] confidence, ReadOnlySpan<int> items)
    {
        var (confidences, correct) = (new float[items.Length], new bool[items.Length]);
        for (int i = 0; i < items.Length; i++)
            (confidences[i], correct[i]) = (confidence[items[i]], _correct[items[i]]);
        return ExpectedCalibrationError.Of(confidences, correct);
    }
}

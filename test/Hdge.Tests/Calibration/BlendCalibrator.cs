using Hdge.Calibration;

namespace Example;

/// <summary>(1 − w) · softmax f(x) + w / C: some of the probability is shared out evenly.</summary>
public sealed class BlendCalibrator : Calibrator
{
    public BlendCalibrator(int classCount, double weight) : base(classCount) => Weight = weight is >= 0 and <= 1
        ? weight : throw new InvalidDataException(FormattableString.Invariant($"its weight is {weight}, expected 0..1"));

    public double Weight { get; } // a property for each parameter of the constructor: that is its state in files

    public static BlendCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken) =>
        Enumerable.Range(0, 101).Select(percent => new BlendCalibrator(data.ClassCount, percent / 100.0)).MinBy(candidate => candidate.Loss(data))!;

    protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        Softmax(logits, probabilities);
        foreach (ref float p in probabilities)
            p = (float)((1 - Weight) * p + Weight / ClassCount);
    }

    private double Loss(LabelledLogits data)
    {
        var (row, loss) = (new float[ClassCount], 0.0);
        for (int i = 0; i < data.Count; i++)
        {
            Apply(data.Row(i), row);
            loss -= Math.Log(row[data.Labels[i]]);
        }
        return loss;
    }
}

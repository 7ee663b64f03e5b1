using Hdge.Metrics;

namespace Hdge.Calibration;

/// <summary>Held-out images as a calibrator is fitted to them: their logits and classes. At least one image; every logit finite, every label a class.</summary>
public sealed class LabelledLogits
{
    private readonly float[] _values;
    private readonly int[] _labels;

    /// <summary>A copy of the given images.</summary>
    /// <param name="logits">Count × classes, image after image, finite; for a classifier that gives probabilities, <see cref="LogProbabilities"/>.</param>
    /// <param name="labels">One class an image. Classes may be missing.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public LabelledLogits(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount)
    {
        ProbabilityRows.CheckLogits(logits, labels, classCount);
        (_values, _labels, ClassCount) = (logits.ToArray(), labels.ToArray(), classCount);
    }

    private LabelledLogits(float[] values, int[] labels, int classCount) => (_values, _labels, ClassCount) = (values, labels, classCount);

    /// <summary>Number of images, at least 1.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of classes, at least 2.</summary>
    public int ClassCount { get; }

    /// <summary>Count × classes, image after image, finite.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The images' classes, 0..classes−1.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>The logits of one image.</summary>
    public ReadOnlySpan<float> Row(int image) => _values.AsSpan(image * ClassCount, ClassCount);

    /// <summary>Some of the images.</summary>
    internal LabelledLogits Of(ReadOnlySpan<int> images)
    {
        var (values, labels) = (new float[images.Length * ClassCount], new int[images.Length]);
        for (int i = 0; i < images.Length; i++)
        {
            Row(images[i]).CopyTo(values.AsSpan(i * ClassCount));
            labels[i] = _labels[images[i]];
        }
        return new(values, labels, ClassCount);
    }
}

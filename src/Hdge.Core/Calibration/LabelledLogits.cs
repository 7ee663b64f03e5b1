using Hdge.Detection;
using Hdge.Metrics;

namespace Hdge.Calibration;

/// <summary>Held-out images as a calibrator is fitted to them: their logits and classes. At least one image; every logit finite, every label a class.</summary>
public sealed class LabelledLogits
{
    private readonly float[] _values;
    private readonly int[] _labels;
    private readonly float[] _scores;

    /// <summary>A copy of the given images.</summary>
    /// <param name="logits">Count × classes, image after image, finite; for a classifier that gives probabilities, <see cref="LogProbabilities"/>.</param>
    /// <param name="labels">One class an image. Classes may be missing.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <param name="score">Which detection score <paramref name="scores"/> are; null where there are none.</param>
    /// <param name="scores">One an image, finite; empty where there are none.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public LabelledLogits(ReadOnlySpan<float> logits, ReadOnlySpan<int> labels, int classCount, DetectionScore? score = null, ReadOnlySpan<float> scores = default)
    {
        ProbabilityRows.CheckLogits(logits, labels, classCount);
        if (scores.Length != (score is null ? 0 : labels.Length))
            throw new ArgumentException($"There are {scores.Length} scores of {score?.Name ?? "no kind"} for {labels.Length} images, expected {(score is null ? 0 : labels.Length)}.", nameof(scores));
        for (int i = 0; i < scores.Length; i++)
            if (!float.IsFinite(scores[i]))
                throw new ArgumentException(FormattableString.Invariant($"The {score} of image {i} is {scores[i]}, expected finite numbers."), nameof(scores));
        (_values, _labels, ClassCount, Score, _scores) = (logits.ToArray(), labels.ToArray(), classCount, score, scores.ToArray());
    }

    private LabelledLogits(float[] values, int[] labels, int classCount, DetectionScore? score, float[] scores) =>
        (_values, _labels, ClassCount, Score, _scores) = (values, labels, classCount, score, scores);

    /// <summary>Number of images, at least 1.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of classes, at least 2.</summary>
    public int ClassCount { get; }

    /// <summary>Count × classes, image after image, finite.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>The images' classes, 0..classes−1.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Which detection score <see cref="Scores"/> are; null where there are none.</summary>
    public DetectionScore? Score { get; }

    /// <summary>The images' detection scores; empty where there are none.</summary>
    public ReadOnlySpan<float> Scores => _scores;

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
        return new(values, labels, ClassCount, Score, Score is null ? [] : [.. images.ToArray().Select(i => _scores[i])]);
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// What a detector is fitted to: the network's answers to a sample of the training images (<see cref="DetectionOptions.SampleSize"/>), worked out when they are first asked for, and other
/// scores of the held-out images.
/// </summary>
public sealed class DetectorTraining
{
    private readonly Lazy<(int[] Labels, float[] Logits, Tensor Features)> _sample;
    private readonly Lazy<LinearHead> _head;
    private readonly Func<IReadOnlyList<DetectionScore>, IReadOnlyDictionary<DetectionScore, float[]>> _heldOut;

    /// <param name="featureLength">F.</param>
    /// <param name="classCount">C.</param>
    /// <param name="temperature">The model's calibrated temperature.</param>
    /// <param name="sample">Labels, logits and features [N, F] of the sample; the tensor becomes this object's.</param>
    /// <param name="head">The network's last layer.</param>
    /// <param name="heldOut">Scores of the held-out images.</param>
    internal DetectorTraining(int featureLength, int classCount, double temperature, Func<(int[] Labels, float[] Logits, Tensor Features)> sample, Lazy<LinearHead> head,
        Func<IReadOnlyList<DetectionScore>, IReadOnlyDictionary<DetectionScore, float[]>> heldOut)
    {
        (FeatureLength, ClassCount, Temperature, _head, _heldOut) = (featureLength, classCount, temperature, head, heldOut);
        _sample = new(() => Checked(sample()));
    }

    /// <summary>F, the number of features.</summary>
    public int FeatureLength { get; }

    /// <summary>C, the number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>The model's calibrated temperature.</summary>
    public double Temperature { get; }

    /// <summary>N, images in the sample, at least 1.</summary>
    public int Count => _sample.Value.Labels.Length;

    /// <summary>The images' classes, 0-based.</summary>
    public ReadOnlySpan<int> Labels => _sample.Value.Labels;

    /// <summary>Their penultimate features [N, F] in single precision on the processor, finite. Not to be changed.</summary>
    public Tensor Features => _sample.Value.Features;

    /// <summary>The network's last layer.</summary>
    internal LinearHead Head => _head.Value;

    /// <summary>The C logits of an image of the sample.</summary>
    public ReadOnlySpan<float> LogitRow(int image) => _sample.Value.Logits.AsSpan(image * ClassCount, ClassCount);

    /// <summary>The F features of an image of the sample.</summary>
    public ReadOnlySpan<float> FeatureRow(int image) => TensorMemory.Span<float>(Features).Slice(image * FeatureLength, FeatureLength);

    /// <summary>Other scores of the held-out images, from one pass.</summary>
    /// <param name="scores">Any of <see cref="Detector.Uses"/>.</param>
    /// <returns>An array a score, as long as there are held-out images: at least 1.</returns>
    public IReadOnlyDictionary<DetectionScore, float[]> HeldOutScores(IReadOnlyList<DetectionScore> scores) => _heldOut(scores);

    /// <summary>Releases the sample.</summary>
    internal void Release()
    {
        if (_sample.IsValueCreated)
            Features.Dispose();
    }

    private static (int[] Labels, float[] Logits, Tensor Features) Checked((int[] Labels, float[] Logits, Tensor Features) sample)
    {
        var values = TensorMemory.Span<float>(sample.Features);
        int length = (int)sample.Features.shape[1];
        for (int i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
            {
                float found = values[i];
                sample.Features.Dispose();
                throw new ArgumentException(FormattableString.Invariant($"Feature {i % length} of training image {i / length} is {found}, expected finite numbers: the network is not usable."));
            }
        return sample;
    }
}

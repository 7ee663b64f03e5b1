using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// What one forward pass says of a batch, on the processor: all that scores without gradients read. Scores that others build on are worked out once a batch.
/// </summary>
internal sealed class DetectionInput(Tensor logits, Tensor? features, double temperature) : IDisposable
{
    private readonly Dictionary<DetectionScore, float[]> _scores = [];
    private Tensor? _wide;

    /// <summary>Images.</summary>
    public int Count { get; } = (int)logits.shape[0];

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; } = (int)logits.shape[1];

    /// <summary>The model's calibrated temperature.</summary>
    public double Temperature => temperature;

    /// <summary>Logits, image after image.</summary>
    public ReadOnlySpan<float> Logits => TensorMemory.Span<float>(logits);

    /// <summary>Penultimate features [N, F] in double precision.</summary>
    public Tensor Features => _wide ??= (features ?? throw new InvalidOperationException("The features were not asked for.")).to(float64).DetachFromDisposeScope();

    /// <summary>Network input and logits with their graph, on the device; null unless gradients were asked for.</summary>
    public (Tensor Input, Tensor Logits)? Graph { get; init; }

    /// <summary>Logits of an image.</summary>
    public ReadOnlySpan<float> Row(int image) => Logits.Slice(image * ClassCount, ClassCount);

    /// <summary>A score of every image.</summary>
    public ReadOnlySpan<float> Scores(Detector detector)
    {
        if (!_scores.TryGetValue(detector.Kind, out float[]? scores))
        {
            using var scope = NewDisposeScope();
            detector.Score(this, scores = new float[Count]);
            _scores.Add(detector.Kind, scores);
        }
        return scores;
    }

    /// <summary>Releases the tensors, those of the graph too.</summary>
    public void Dispose()
    {
        logits.Dispose();
        features?.Dispose();
        _wide?.Dispose();
        Graph?.Logits.Dispose();
    }
}

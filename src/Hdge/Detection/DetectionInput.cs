using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>What the network says of a batch of images: all that detectors read. Scores that others build on are worked out once a batch.</summary>
public sealed class DetectionInput : IDisposable
{
    private readonly Dictionary<DetectionScore, float[]> _scores = [];
    private readonly Tensor _logits;
    private readonly Tensor? _features;
    private readonly DetectorSet? _detectors;
    private readonly (Tensor Input, Tensor Logits)? _graph;
    private readonly PixelRead? _pixels;
    private readonly Tensor? _images;
    private Tensor? _wide;

    /// <param name="logits">[N, C] on the processor.</param>
    /// <param name="features">[N, F] on the processor; null unless asked for.</param>
    /// <param name="temperature">The model's calibrated temperature.</param>
    /// <param name="detectors">What gives other scores, the last layer and the network.</param>
    /// <param name="graph">Network input and logits with their graph, on the device; null unless gradients were asked for.</param>
    /// <param name="images">Network input on the device, the caller's; null unless asked for.</param>
    /// <param name="pixels">The pixels' likelihood; null unless asked for.</param>
    internal DetectionInput(Tensor logits, Tensor? features, double temperature, DetectorSet? detectors = null, (Tensor Input, Tensor Logits)? graph = null, Tensor? images = null, PixelRead? pixels = null)
    {
        (_logits, _features, Temperature, _detectors, _graph, _images, _pixels) = (logits, features, temperature, detectors, graph, images, pixels);
        (Count, ClassCount) = ((int)logits.shape[0], (int)logits.shape[1]);
    }

    /// <summary>N, images in the batch.</summary>
    public int Count { get; }

    /// <summary>C, the number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>The model's calibrated temperature.</summary>
    public double Temperature { get; }

    /// <summary>Penultimate features [N, F] in double precision on the processor. Not to be changed.</summary>
    /// <exception cref="InvalidOperationException">The detector does not say that it needs <see cref="DetectorNeeds.Features"/>.</exception>
    public Tensor Features => _wide ??= (_features ?? throw NotAskedFor("features", DetectorNeeds.Features)).to(float64).DetachFromDisposeScope();

    /// <summary>Network input [N, channels, height, width] and logits [N, C] with their graph, on the model's device. Keep the graph when taking gradients.</summary>
    /// <exception cref="InvalidOperationException">The detector does not say that it needs <see cref="DetectorNeeds.Gradients"/>.</exception>
    public (Tensor Input, Tensor Logits) Graph => _graph ?? throw NotAskedFor("gradients", DetectorNeeds.Gradients);

    /// <summary>The likelihood of the images' pixels.</summary>
    /// <exception cref="InvalidOperationException">The detector does not say that it needs <see cref="DetectorNeeds.Likelihood"/>.</exception>
    internal PixelRead Pixels => _pixels ?? throw NotAskedFor("likelihoods", DetectorNeeds.Likelihood);

    /// <summary>Network input [N, channels, height, width] on the model's device. Not to be changed.</summary>
    /// <exception cref="InvalidOperationException">The detector does not say that it needs <see cref="DetectorNeeds.Images"/>.</exception>
    public Tensor Images => _images ?? throw NotAskedFor("images", DetectorNeeds.Images);

    /// <summary>The network's last layer.</summary>
    internal LinearHead Head => Detectors.Head;

    /// <summary>What the network's body makes of other input on its device: features [n, F] in double precision on the processor.</summary>
    public Tensor FeaturesOf(Tensor input)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        return Detectors.Network.Features(input).cpu().to(float64).contiguous().MoveToOuterDisposeScope();
    }

    private DetectorSet Detectors => _detectors ?? throw new InvalidOperationException("There is no model behind this batch.");

    /// <summary>The C logits of an image.</summary>
    public ReadOnlySpan<float> LogitRow(int image) => TensorMemory.Span<float>(_logits).Slice(image * ClassCount, ClassCount);

    /// <summary>The F features of an image.</summary>
    /// <exception cref="InvalidOperationException">The detector does not say that it needs <see cref="DetectorNeeds.Features"/>.</exception>
    public ReadOnlySpan<double> FeatureRow(int image)
    {
        int length = (int)Features.shape[1];
        return TensorMemory.Span<double>(Features).Slice(image * length, length);
    }

    /// <summary>Another score of every image; as a detector's own it must be among <see cref="Detector.Uses"/>.</summary>
    public ReadOnlySpan<float> Scores(DetectionScore score)
    {
        if (!_scores.TryGetValue(score, out float[]? scores))
        {
            var (detector, state, _) = Detectors.Find(score);
            using var scope = NewDisposeScope();
            detector.Score(this, state, scores = new float[Count]);
            _scores.Add(score, scores);
        }
        return scores;
    }

    /// <summary>What the network's last layer makes of other features [n, F] in double precision on the processor: logits [n, C].</summary>
    public Tensor LogitsOf(Tensor features) => Detectors.Head.Logits(features);

    /// <summary>What the network makes of other input [n, channels, height, width] on its device: logits [n, C] on the processor, without a graph.</summary>
    public Tensor Forward(Tensor input)
    {
        using var off = no_grad();
        return Detectors.Network.call(input).cpu().contiguous();
    }

    /// <summary>Releases the tensors, those of the graph too.</summary>
    public void Dispose()
    {
        _logits.Dispose();
        _features?.Dispose();
        _wide?.Dispose();
        _graph?.Logits.Dispose();
    }

    private static InvalidOperationException NotAskedFor(string what, DetectorNeeds need) =>
        new($"The {what} were not asked for, expected a detector whose {nameof(Detector.Needs)} have {nameof(DetectorNeeds)}.{need}.");
}

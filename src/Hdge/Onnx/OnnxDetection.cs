using Hdge.Detection;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Onnx;

/// <summary>What detectors read in a graph; the counterpart of <see cref="DetectionInput"/>. All values are double precision, a row an image.</summary>
public sealed class OnnxDetection
{
    private readonly DetectorSet _detectors;
    private readonly Dictionary<DetectionScore, OnnxValue> _scores = [];
    private (OnnxValue Weight, OnnxValue Bias)? _head;
    private readonly Func<OnnxValue>? _makeLikelihood;
    private OnnxValue? _lengths, _units, _best, _density, _likelihood;

    internal OnnxDetection(OnnxGraph graph, OnnxNetwork network, double temperature, DetectorSet detectors)
    {
        (Graph, Logits, Temperature, _detectors, _makeLikelihood) = (graph, graph.Cast<double>(network.Logits), temperature, detectors, network.LogLikelihood);
        Features = graph.Cast<double>(network.Features);
    }

    /// <summary>The graph that is being built.</summary>
    public OnnxGraph Graph { get; }

    /// <summary>[N, C].</summary>
    public OnnxValue Logits { get; }

    /// <summary>Penultimate features [N, F].</summary>
    public OnnxValue Features { get; }

    /// <summary>Lengths of the features, [N, 1]; at least 1e-300.</summary>
    public OnnxValue FeatureLengths => _lengths ??= Graph.Node("Max", [Graph.Constant(1e-300), Graph.Node("Sqrt", [Graph.SquaredLength(Features)])]);

    /// <summary>Features divided by their lengths in single precision, [N, F]; those of zeros stay.</summary>
    public OnnxValue UnitFeatures => _units ??= Graph.Cast<float>(Graph.Divide(Features, FeatureLengths));

    /// <summary>The class of the largest logit, the first of equals, as Int64 from 0 on, [N, 1].</summary>
    public OnnxValue Best => _best ??= Graph.Node("ArgMax", [Logits], ("axis", 1L), ("keepdims", 1L));

    /// <summary>The network's last layer.</summary>
    internal LinearHead Head => _detectors.Head;

    /// <summary>LogSumExp of the logits, [N, 1].</summary>
    public OnnxValue LogDensity => _density ??= Graph.LogSumExp(Logits);

    /// <summary>log p of the quantised, reduced images in nats, [N, 1]; null where the network does not predict pixels.</summary>
    internal OnnxValue? LogLikelihood => _likelihood ??= _makeLikelihood?.Invoke();

    /// <summary>The model's calibrated temperature.</summary>
    public double Temperature { get; }

    /// <summary>C.</summary>
    public int ClassCount => _detectors.Network.ClassCount;

    /// <summary>F.</summary>
    public int FeatureLength => _detectors.Network.FeatureLength;

    /// <summary>Another score, [N, 1] in single precision; as a detector's own it must be among <see cref="Detector.Uses"/>.</summary>
    /// <exception cref="NotSupportedException">Its detector cannot be exported.</exception>
    public OnnxValue Scores(DetectionScore score)
    {
        if (!_scores.TryGetValue(score, out var value))
        {
            var (detector, state, _) = _detectors.Find(score);
            using var off = no_grad();
            using var scope = NewDisposeScope();
            var wide = detector.Export(this, state) ?? throw new NotSupportedException($"The model cannot be exported to ONNX: its detection score '{score}' ({detector.GetType().Name}) has no graph"
                + $"{(detector.Needs.HasFlag(DetectorNeeds.Gradients) ? ", for it needs gradients" : detector.Needs.HasFlag(DetectorNeeds.Images) ? ", for it runs the network on changed images" : $", {nameof(Detector)}.{nameof(Detector.Export)} gives none")}. "
                + $"Let another score decide ({nameof(HdgeModel)}.{nameof(HdgeModel.FitDetectors)}).");
            _scores.Add(score, value = Graph.Cast<float>(wide));
        }
        return value;
    }

    /// <summary>Whether <see cref="Scores"/> can give a score.</summary>
    internal bool CanScore(DetectionScore score)
    {
        try
        {
            Scores(score);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Logits [N, C] that the network's last layer makes of other features [N, F].</summary>
    public OnnxValue LogitsOf(OnnxValue features)
    {
        _head ??= (Constant(_detectors.Head.Weight), Constant(_detectors.Head.Bias));
        return Graph.Add(Graph.Product(features, _head.Value.Weight), _head.Value.Bias);
    }

    /// <summary>A detector's tensor as a constant of the same type.</summary>
    /// <param name="tensor">Of Float32, Float64 or Int64.</param>
    public OnnxValue Constant(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scope = NewDisposeScope();
        var host = tensor.cpu().contiguous();
        return host.dtype switch
        {
            ScalarType.Float32 => Graph.Constant<float>(TensorMemory.Span<float>(host), host.shape),
            ScalarType.Float64 => Graph.Constant<double>(TensorMemory.Span<double>(host), host.shape),
            ScalarType.Int64 => Graph.Constant<long>(TensorMemory.Span<long>(host), host.shape),
            _ => throw new NotSupportedException($"A tensor of {host.dtype} is no constant of a graph, expected {ScalarType.Float32}, {ScalarType.Float64} or {ScalarType.Int64}."),
        };
    }
}

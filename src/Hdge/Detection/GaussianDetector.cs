using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Scores by Gaussians of the training features: one a class with a covariance that they share, and one of all features. Covariances are kept as matrices that
/// whiten. Classes without an image in the sample have none. Fitted and saved once for all such scores.
/// </summary>
internal abstract record GaussianDetector : Detector
{
    private const int Block = 4096; // rows in double precision at a time
    private const string Mean = "mean", Tied = "tied", Centers = "centers", Background = "background";

    public sealed override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    public sealed override string StateName => Normalized ? "gaussian-normalized" : "gaussian";

    /// <summary>Whether features are divided by their lengths first (Mueller and Hein 2025). Features of zeros stay.</summary>
    private protected virtual bool Normalized => false;

    /// <summary>
    /// The mean of all features; what whitens by the covariance within classes; the class means less the mean, whitened by that; what whitens by the covariance of all features.
    /// </summary>
    public sealed override DetectorLayout Layout(int featureLength, int classCount) => new()
    {
        Tensors = [new(Mean, float64, featureLength), new(Tied, float64, featureLength, featureLength), new(Centers, float64, new(1, classCount), featureLength), new(Background, float64, featureLength, featureLength)],
    };

    public sealed override DetectorState Fit(DetectorTraining training)
    {
        var features = Seen(training.Features);
        int count = training.Count, length = training.FeatureLength;
        int[] labels = training.Labels.ToArray(), classes = [.. labels.Distinct().Order()];
        long[] rows = [.. labels.Select(label => (long)Array.BinarySearch(classes, label))];
        var mean = features.mean([0L], type: float64);
        var means = ClassMeans(features, rows, classes.Length, mean);
        using var within = new SecondMoment(length);
        using var total = new SecondMoment(length);
        for (int at = 0; at < count; at += Block)
        {
            using var inner = NewDisposeScope();
            int n = Math.Min(Block, count - at);
            var centred = features.narrow(0, at, n).to(float64) - mean;
            total.Add(centred);
            within.Add(centred - means.index_select(0, tensor(rows[at..(at + n)])));
        }
        // The background is shrunk by the same share: with one of its own the two would differ most where no image differs from another, and their difference would be about that.
        var tied = within.Whitener(out double share);
        return new() { Tensors = new Dictionary<string, Tensor> { [Mean] = mean, [Tied] = tied, [Centers] = means.mm(tied), [Background] = total.Whitener(share) } };
    }

    /// <summary>What the Gaussians are of.</summary>
    private protected Tensor Seen(Tensor features) => Normalized ? features / features.to(float64).Squared().sum(dim: 1, keepdim: true).sqrt().AtLeast(1e-300).to(features.dtype) : features;

    private OnnxValue Seen(OnnxDetection input) => Normalized ? input.Graph.Divide(input.Features, input.FeatureLengths) : input.Features;

    /// <summary>Squared Mahalanobis distance of each row of <paramref name="features"/> to the nearest class mean, [N].</summary>
    protected static Tensor ToNearestClass(DetectorState state, Tensor features)
    {
        var centers = state.Tensors[Centers];
        var white = (features - state.Tensors[Mean]).mm(state.Tensors[Tied]);
        // ‖a − b‖² for all pairs by one matrix product; the whitened values are of order 1, so nothing cancels that matters.
        var squared = white.Squared().sum(dim: 1, keepdim: true).Plus(centers.Squared().sum(dim: 1)) - white.mm(centers.t()).Times(2);
        return squared.amin([1L]).AtLeast(0);
    }

    /// <summary>Squared Mahalanobis distance of each row to the mean of all features, [N].</summary>
    protected static Tensor ToBackground(DetectorState state, Tensor features) => (features - state.Tensors[Mean]).mm(state.Tensors[Background]).Squared().sum(dim: 1);

    /// <summary><see cref="ToNearestClass(DetectorState, Tensor)"/> in a graph, [N, 1].</summary>
    private protected OnnxValue ToNearestClass(OnnxDetection input, DetectorState state)
    {
        var graph = input.Graph;
        var centers = state.Tensors[Centers];
        var white = graph.Product(graph.Subtract(Seen(input), input.Constant(state.Tensors[Mean])), input.Constant(state.Tensors[Tied]));
        var squared = graph.Subtract(graph.Add(graph.SquaredLength(white), input.Constant(centers.Squared().sum(dim: 1))), graph.Multiply(graph.Constant(2.0), graph.Product(white, input.Constant(centers.t()))));
        return graph.Node("Max", [graph.Constant(0.0), graph.RowMin(squared)]);
    }

    /// <summary><see cref="ToBackground(DetectorState, Tensor)"/> in a graph, [N, 1].</summary>
    private protected OnnxValue ToBackground(OnnxDetection input, DetectorState state)
    {
        var graph = input.Graph;
        return graph.SquaredLength(graph.Product(graph.Subtract(Seen(input), input.Constant(state.Tensors[Mean])), input.Constant(state.Tensors[Background])));
    }

    private static Tensor ClassMeans(Tensor features, long[] rows, int classes, Tensor mean)
    {
        using var scope = NewDisposeScope();
        var sums = zeros(classes, features.shape[1], dtype: float64);
        var sizes = zeros(classes, 1L, dtype: float64);
        for (int at = 0; at < rows.Length; at += Block)
        {
            using var inner = NewDisposeScope();
            int n = Math.Min(Block, rows.Length - at);
            var index = tensor(rows[at..(at + n)]);
            sums.AddRowsInPlace(index, features.narrow(0, at, n).to(float64) - mean);
            sizes.AddRowsInPlace(index, ones(n, 1L, dtype: float64));
        }
        return sums.div_(sizes).MoveToOuterDisposeScope();
    }
}

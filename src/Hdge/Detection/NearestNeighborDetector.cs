using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// −‖z/‖z‖ − u_k‖, u_k the k-th nearest of the stored normalised training features (Sun et al. 2022, section 3). A search through all of them by blocks of one
/// matrix product in single precision, so a distance near 0 is uncertain by about 3e-4. Features that are all 0 are not stored; their own distance
/// to everything is 1, and so is every distance when nothing is stored.
/// </summary>
public sealed record NearestNeighborDetector : Detector
{
    private const int UsualNeighbors = 50;
    private const string Stored = "features";

    /// <summary>
    /// k, at least 1. Null, the default: 50 as in the paper for CIFAR-10, or a hundredth of the sample where that is less. Never more than there are stored features.
    /// </summary>
    public int? Neighbors { get; init; }

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.NearestNeighbors;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [new(Stored, float32, new(0), featureLength)] };

    /// <inheritdoc/>
    public override void Validate() => Argument.Require(Neighbors is null or >= 1, Neighbors ?? 0, "at least 1", nameof(Neighbors));

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training)
    {
        var features = training.Features;
        var lengths = features.Squared().sum(dim: 1, type: float64).contiguous();
        long[] rows = [.. lengths.data<double>().ToArray().Select((length, row) => (length, row: (long)row)).Where(r => r.length > 0).Select(r => r.row)];
        var stored = rows.Length == 0 ? zeros(0, features.shape[1], dtype: float32) : StoredFeatures.Normalized(features.index_select(0, tensor(rows)));
        return new() { Tensors = new Dictionary<string, Tensor> { [Stored] = stored } };
    }

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var stored = state.Tensors[Stored];
        int count = (int)stored.shape[0], neighbors = NeighborsOf(count);
        if (count == 0)
        {
            into.Fill(-1);
            return;
        }
        var queries = StoredFeatures.Normalized(input.Features);
        float[] best = StoredFeatures.LargestProducts(queries, stored, neighbors);
        var lengths = TensorMemory.Span<double>(queries.to(float64).Squared().sum(dim: 1).contiguous());
        for (int i = 0; i < into.Length; i++)
            into[i] = lengths[i] == 0 ? -1 : -(float)Math.Sqrt(Math.Max(0, 2 - 2.0 * best[i * neighbors]));
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        var graph = input.Graph;
        var stored = state.Tensors[Stored];
        int neighbors = NeighborsOf((int)stored.shape[0]);
        var alone = graph.Subtract(graph.Multiply(graph.RowMax(input.Features), graph.Constant(0.0)), graph.Constant(1.0)); // −1, as many as there are images
        if (stored.shape[0] == 0)
            return alone;
        var length = graph.Node("Sqrt", [graph.SquaredLength(input.Features)]);
        var similarities = graph.Top(graph.Product(input.UnitFeatures, input.Constant(stored.t())), neighbors).Values;
        var farthest = graph.Cast<double>(graph.RowMin(similarities));
        var distance = graph.Node("Sqrt", [graph.Node("Max", [graph.Constant(0.0), graph.Subtract(graph.Constant(2.0), graph.Multiply(graph.Constant(2.0), farthest))])]);
        return graph.Where(graph.Node("Equal", [length, graph.Constant(0.0)]), alone, graph.Node("Neg", [distance]));
    }

    /// <summary>k for a number of stored features.</summary>
    internal int NeighborsOf(int count) => Math.Clamp(Neighbors ?? Math.Min(UsualNeighbors, count / 100), 1, Math.Max(1, count));
}

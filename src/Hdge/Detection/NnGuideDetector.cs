using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// NNGuide (Park et al. 2023, equation 4): s(x) · the mean of the k largest of u·u_j·s_j over stored training images j, s the LogSumExp of the logits, u = z/‖z‖. As published the largest are those of the product.
/// </summary>
public sealed record NnGuideDetector : Detector
{
    private const int LargestStored = 1 << 24;
    private const string Stored = "features";

    /// <summary>k, at least 1; never more than there are stored images. Default null: 100 as in the paper, or a hundredth of them where that is less.</summary>
    public int? Neighbors { get; init; }

    /// <summary>Training images that are stored at most, evenly spread over the sample. Default 10,000; range 1..2^24. The paper keeps 1 % of ImageNet's.</summary>
    public int MostStored { get; init; } = 10_000;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.NnGuide;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [new(Stored, float32, new(1, MostStored), featureLength)] };

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Neighbors is null or >= 1, Neighbors ?? 0, "at least 1", nameof(Neighbors));
        Argument.Require(MostStored is >= 1 and <= LargestStored, MostStored, $"1..{LargestStored}");
    }

    /// <summary>u_j·s_j.</summary>
    public override DetectorState Fit(DetectorTraining training)
    {
        long[] rows = StoredFeatures.Spread(training.Count, MostStored);
        float[] densities = [.. rows.Select(i => (float)LogitRow.Summarise(training.LogitRow((int)i)).LogDensity)];
        return new() { Tensors = new Dictionary<string, Tensor> { [Stored] = StoredFeatures.Normalized(training.Features.index_select(0, tensor(rows))) * tensor(densities).unsqueeze(1) } };
    }

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var stored = state.Tensors[Stored];
        int count = (int)stored.shape[0], neighbors = NeighborsOf(count);
        var queries = StoredFeatures.Normalized(input.Features);
        float[] best = StoredFeatures.LargestProducts(queries, stored, neighbors);
        for (int i = 0; i < into.Length; i++)
        {
            double sum = 0;
            foreach (float value in best.AsSpan(i * neighbors, neighbors))
                sum += value;
            into[i] = (float)(LogitRow.Summarise(input.LogitRow(i)).LogDensity * sum / neighbors);
        }
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        var (graph, stored) = (input.Graph, state.Tensors[Stored]);
        var top = graph.Cast<double>(graph.Top(graph.Product(input.UnitFeatures, input.Constant(stored.t())), NeighborsOf((int)stored.shape[0])).Values);
        return graph.Multiply(input.LogDensity, graph.Reduce("ReduceMean", top, true, 1));
    }

    private int NeighborsOf(int count) => Math.Clamp(Neighbors ?? Math.Min(100, count / 100), 1, count);
}

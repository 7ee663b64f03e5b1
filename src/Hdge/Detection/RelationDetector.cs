using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Neural relation graph (Kim et al. 2023, equations 1 and 3): the mean over stored training images j of g = max(0, u·u_j) · p·p_j, u = z/‖z‖, p the class probabilities; values of g below the threshold count 0.
/// </summary>
public sealed record RelationDetector : Detector
{
    private const int LargestStored = 1 << 24;
    private const string Features = "features", Classes = "probabilities";

    /// <summary>Values of g below it count 0. Default 0.03, the paper's. Range [0, 1].</summary>
    public double Threshold { get; init; } = 0.03;

    /// <summary>Training images that are stored at most, evenly spread over the sample. Default 10,000; range 1..2^24.</summary>
    public int MostStored { get; init; } = 10_000;

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Relation;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) =>
        new() { Tensors = [new(Features, float32, new(1, MostStored), featureLength), new(Classes, float32, new(1, MostStored), classCount)] };

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Threshold is >= 0 and <= 1, Threshold, "in [0, 1]");
        Argument.Require(MostStored is >= 1 and <= LargestStored, MostStored, $"1..{LargestStored}");
    }

    /// <inheritdoc/>
    public override void Validate(DetectorState state) =>
        Argument.Require(state.Tensors[Features].shape[0] == state.Tensors[Classes].shape[0], state.Tensors[Classes].shape[0], $"as many as there are {Features}, {state.Tensors[Features].shape[0]}", Classes);

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training)
    {
        long[] rows = StoredFeatures.Spread(training.Count, MostStored);
        var probabilities = new float[rows.Length * training.ClassCount];
        for (int i = 0; i < rows.Length; i++)
            LogitRow.Softmax(training.LogitRow((int)rows[i]), probabilities.AsSpan(i * training.ClassCount, training.ClassCount));
        return new()
        {
            Tensors = new Dictionary<string, Tensor>
            {
                [Features] = StoredFeatures.Normalized(training.Features.index_select(0, tensor(rows))),
                [Classes] = tensor(probabilities, [rows.Length, training.ClassCount]),
            },
        };
    }

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var (features, classes) = (state.Tensors[Features], state.Tensors[Classes]);
        int count = (int)features.shape[0];
        var own = new float[into.Length * input.ClassCount];
        for (int i = 0; i < into.Length; i++)
            LogitRow.Softmax(input.LogitRow(i), own.AsSpan(i * input.ClassCount, input.ClassCount));
        var (queries, probabilities) = (StoredFeatures.Normalized(input.Features), tensor(own, [into.Length, input.ClassCount]));
        var sums = zeros(into.Length, dtype: float64);
        for (int at = 0; at < count; at += StoredFeatures.Block)
        {
            using var scope = NewDisposeScope();
            int n = Math.Min(StoredFeatures.Block, count - at);
            var related = queries.mm(features.narrow(0, at, n).t()).AtLeast(0) * probabilities.mm(classes.narrow(0, at, n).t());
            sums.AddInPlace(related.Masked(related.Below(Threshold), 0).sum(dim: 1, type: float64));
        }
        Copy(sums.Over(count), into);
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        var graph = input.Graph;
        var zero = graph.Constant(0f);
        var alike = graph.Node("Max", [graph.Product(input.UnitFeatures, input.Constant(state.Tensors[Features].t())), zero]);
        var related = graph.Multiply(alike, graph.Product(graph.Cast<float>(graph.Softmax(input.Logits)), input.Constant(state.Tensors[Classes].t())));
        var counted = graph.Where(graph.Node("Less", [related, graph.Constant((float)Threshold)]), zero, related);
        return graph.Reduce("ReduceMean", graph.Cast<double>(counted), true, 1);
    }
}

using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// fDBD (Liu and Qin 2024, equation 5): 1/(C − 1) · Σ_{c ≠ ŷ} |f_ŷ − f_c| / ‖w_ŷ − w_c‖ / ‖z − μ‖, ŷ the predicted class, w the weights of the last layer, μ the mean of the training features.
/// Classes of equal weights have no boundary and count 0; a distance to μ below 1e-12 counts as that.
/// </summary>
internal sealed record FdbdDetector : Detector
{
    private const string Mean = "mean";
    private const double Shortest = 1e-12;

    public override DetectionScore Kind => DetectionScore.Fdbd;

    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [new(Mean, float64, featureLength)] };

    public override DetectorState Fit(DetectorTraining training) => new() { Tensors = new Dictionary<string, Tensor> { [Mean] = training.Features.mean([0L], type: float64) } };

    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        double[,] apart = Distances(input.Head);
        var mean = state.Values<double>(Mean);
        for (int i = 0; i < into.Length; i++)
        {
            var logits = input.LogitRow(i);
            int best = LogitRow.Best(logits);
            double sum = 0;
            for (int c = 0; c < logits.Length; c++)
                if (apart[best, c] > 0)
                    sum += ((double)logits[best] - logits[c]) / apart[best, c];
            into[i] = (float)Math.Min(float.MaxValue, sum / (logits.Length - 1) / Math.Max(Shortest, Length(input.FeatureRow(i), mean)));
        }
    }

    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        var graph = input.Graph;
        int classes = input.ClassCount;
        double[,] apart = Distances(input.Head);
        // Row ŷ holds 1/‖w_ŷ − w_c‖; 0 where there is no boundary.
        var rows = graph.Constant<double>([.. apart.Cast<double>().Select(d => d > 0 ? 1 / d : 0)], classes, classes);
        var weights = graph.Node("Gather", [rows, graph.Reshape(input.Best, -1)], ("axis", 0L));
        var sum = graph.RowSum(graph.Multiply(graph.Subtract(graph.RowMax(input.Logits), input.Logits), weights));
        var length = graph.Node("Sqrt", [graph.SquaredLength(graph.Subtract(input.Features, input.Constant(state.Tensors[Mean])))]);
        var score = graph.Divide(graph.Divide(sum, graph.Constant((double)(classes - 1))), graph.Node("Max", [graph.Constant(Shortest), length]));
        return graph.Node("Min", [graph.Constant((double)float.MaxValue), score]);
    }

    private static double Length(ReadOnlySpan<double> features, ReadOnlySpan<double> mean)
    {
        double sum = 0;
        for (int f = 0; f < features.Length; f++)
            sum += (features[f] - mean[f]) * (features[f] - mean[f]);
        return Math.Sqrt(sum);
    }

    /// <summary>‖w_a − w_b‖ for all pairs of classes.</summary>
    private static double[,] Distances(LinearHead head)
    {
        int classes = (int)head.Weight.shape[1];
        using var scope = NewDisposeScope();
        var rows = head.Weight.t().contiguous(); // [C, F]
        var distances = new double[classes, classes];
        for (int c = 0; c < classes; c++)
        {
            var from = TensorMemory.Span<double>((rows - rows.narrow(0, c, 1)).Squared().sum(dim: 1).sqrt().contiguous());
            for (int other = 0; other < classes; other++)
                distances[c, other] = from[other];
        }
        return distances;
    }
}

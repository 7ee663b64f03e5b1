using Hdge.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// LogSumExp f(x) − α‖Rᵀ(z − o)‖ (virtual-logit matching, Wang et al. 2022, equation 8): the residual outside the principal subspace as a further, "virtual" logit, which grows with novelty.
/// Fitted (section 4) are the origin o = −W⁺b, where the logits are nearest to 0, [F]; R, an orthonormal basis of what the principal subspace of z − o leaves, [F, F − D]; and
/// α = Σ |max f(x)| / Σ ‖residual‖, the paper's where the largest logits are positive, 0 without any residual.
/// </summary>
public sealed record VimDetector : Detector
{
    private const int Block = 4096;
    private const double SmallestSingularValue = 1e-5; // of the largest: single-precision weights are not known better
    private const string Origin = "origin", Complement = "complement", Scale = "scale";

    /// <summary>
    /// D, the dimension of the principal subspace, 1 to below the number of features. Null, the default: 1000 from 2048 features on, 512 from
    /// 768 on, else half of them, as in the paper's code. Clipped to the range.
    /// </summary>
    public int? Dimension { get; init; }

    /// <inheritdoc/>
    public override DetectionScore Kind => DetectionScore.Vim;

    /// <inheritdoc/>
    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    /// <inheritdoc/>
    public override DetectorLayout Layout(int featureLength, int classCount) => new()
    {
        Numbers = [Scale],
        Tensors = [new(Origin, float64, featureLength), new(Complement, float64, featureLength, featureLength - DimensionOf(featureLength))],
    };

    /// <inheritdoc/>
    public override void Validate() => Argument.Require(Dimension is null or >= 1, Dimension ?? 0, "at least 1", nameof(Dimension));

    /// <inheritdoc/>
    public override DetectorState Fit(DetectorTraining training)
    {
        int count = training.Count, length = training.FeatureLength;
        var origin = FindOrigin(training.Head);
        using var moment = new SecondMoment(length);
        ForBlocks(moment.Add);
        var complement = moment.Eigenvectors().narrow(1, 0, length - DimensionOf(length)).contiguous();
        double residuals = 0, tops = 0;
        ForBlocks(centred => residuals += centred.mm(complement).Squared().sum(dim: 1).sqrt().sum().item<double>());
        for (int i = 0; i < count; i++)
        {
            var row = training.LogitRow(i);
            tops += Math.Abs(row[LogitRow.Summarise(row).Best]);
        }
        return new()
        {
            Numbers = new Dictionary<string, double> { [Scale] = residuals > 0 ? tops / residuals : 0 },
            Tensors = new Dictionary<string, Tensor> { [Origin] = origin, [Complement] = complement },
        };

        void ForBlocks(Action<Tensor> action)
        {
            for (int at = 0; at < count; at += Block)
            {
                using var inner = NewDisposeScope();
                action(training.Features.narrow(0, at, Math.Min(Block, count - at)).to(float64) - origin);
            }
        }
    }

    /// <inheritdoc/>
    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        double scale = state.Numbers[Scale];
        var residuals = TensorMemory.Span<double>((input.Features - state.Tensors[Origin]).mm(state.Tensors[Complement]).Squared().sum(dim: 1).sqrt().contiguous());
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)(LogitRow.Summarise(input.LogitRow(i)).LogDensity - scale * residuals[i]);
    }

    /// <inheritdoc/>
    public override OnnxValue? Export(OnnxDetection input, DetectorState state)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(state);
        var graph = input.Graph;
        var residual = graph.Product(graph.Subtract(input.Features, input.Constant(state.Tensors[Origin])), input.Constant(state.Tensors[Complement]));
        return graph.Subtract(input.LogDensity, graph.Multiply(graph.Constant(state.Numbers[Scale]), graph.Node("Sqrt", [graph.SquaredLength(residual)])));
    }

    /// <summary>D for features of a length, in 1..length − 1 (0 for a single feature).</summary>
    internal int DimensionOf(int length) => Math.Min(Dimension ?? (length >= 2048 ? 1000 : length >= 768 ? 512 : Math.Max(1, length / 2)), length - 1);

    /// <summary>The shortest o with o·W = −b, or the nearest to it.</summary>
    private static Tensor FindOrigin(LinearHead head)
    {
        using var scope = NewDisposeScope();
        var (u, s, vh) = linalg.svd(head.Weight, fullMatrices: false); // W = u·s·vh, u [F, r], vh [r, C]
        double[] values = s.contiguous().data<double>().ToArray();
        double[] inverse = [.. values.Select(v => v > SmallestSingularValue * values[0] ? -1 / v : 0)];
        var along = vh.mm(head.Bias.unsqueeze(1)).squeeze(1) * tensor(inverse, dtype: float64);
        return u.mm(along.unsqueeze(1)).squeeze(1).contiguous().MoveToOuterDisposeScope();
    }
}

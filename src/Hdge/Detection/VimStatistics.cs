using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>What virtual-logit matching takes from the training features (Wang et al. 2022, section 4).</summary>
/// <param name="Origin">o = −W⁺b, where the logits are nearest to 0, [F].</param>
/// <param name="Complement">Orthonormal basis of what the principal subspace of z − o leaves, [F, F − D].</param>
/// <param name="Scale">α = Σ |max f(x)| / Σ ‖residual‖: the paper's where the largest logits are positive; 0 without any residual.</param>
internal sealed record VimStatistics(Tensor Origin, Tensor Complement, double Scale) : IDisposable
{
    private const int Block = 4096;
    private const double SmallestSingularValue = 1e-5; // of the largest: single-precision weights are not known better

    /// <summary>D for features of a length, in 1..length − 1 (0 for a single feature).</summary>
    public static int Dimension(int? asked, int length) => Math.Min(asked ?? (length >= 2048 ? 1000 : length >= 768 ? 512 : Math.Max(1, length / 2)), length - 1);

    /// <param name="features">[N, F] on the processor, at least one row.</param>
    /// <param name="logits">Their logits, row after row.</param>
    /// <param name="head">The network's last layer.</param>
    /// <param name="dimension">D, 0..F − 1.</param>
    public static VimStatistics Fit(Tensor features, ReadOnlySpan<float> logits, LinearHead head, int dimension)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        int count = (int)features.shape[0], length = (int)features.shape[1], classes = logits.Length / count;
        var origin = FindOrigin(head);
        using var moment = new SecondMoment(length);
        ForBlocks(moment.Add);
        var complement = moment.Eigenvectors().narrow(1, 0, length - dimension).contiguous();
        double residuals = 0, tops = 0;
        ForBlocks(centred => residuals += centred.mm(complement).Squared().sum(dim: 1).sqrt().sum().item<double>());
        for (int i = 0; i < count; i++)
        {
            var row = logits.Slice(i * classes, classes);
            tops += Math.Abs(row[LogitRow.Summarise(row).Best]);
        }
        return new(origin.DetachFromDisposeScope(), complement.DetachFromDisposeScope(), residuals > 0 ? tops / residuals : 0);

        void ForBlocks(Action<Tensor> action)
        {
            for (int at = 0; at < count; at += Block)
            {
                using var inner = NewDisposeScope();
                action(features.narrow(0, at, Math.Min(Block, count - at)).to(float64) - origin);
            }
        }
    }

    public void Dispose()
    {
        Origin.Dispose();
        Complement.Dispose();
    }

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

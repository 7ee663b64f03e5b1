using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>The supervised contrastive loss (Khosla et al. 2020, equation 2, L_out).</summary>
internal static class SupervisedContrastive
{
    private const double SmallestSquaredNorm = 1e-24; // as in ContrastiveScores: an embedding of length 0 stays 0, with a finite slope

    /// <summary>
    /// Mean over the anchors i that have positives of −(1/|P(i)|) Σ_{p∈P(i)} [s_ip − log Σ_{a≠i} e^{s_ia}], with s the cosine of two embeddings divided by T and
    /// P(i) the other images of the anchor's class. A scalar in nats; 0, with a zero gradient, where no anchor has a positive.
    /// </summary>
    /// <param name="embeddings">Shape [N, P], of any length: they are normalised here.</param>
    /// <param name="labels">Classes, shape [N], 64-bit integers.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="weights">How much each anchor counts, shape [N]; null for all alike. The mean is by the number of anchors.</param>
    /// <param name="normalize">False takes the bare product of two embeddings for s·T.</param>
    public static Tensor Term(Tensor embeddings, Tensor labels, double temperature, Tensor? weights = null, bool normalize = true)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(labels);
        if (embeddings.dim() != 2 || labels.dim() != 1 || labels.shape[0] != embeddings.shape[0])
            throw new ArgumentException($"Embeddings are [{string.Join(", ", embeddings.shape)}] and labels [{string.Join(", ", labels.shape)}], expected [N, P] and [N].", nameof(labels));
        Argument.Require(temperature > 0 && double.IsFinite(temperature), temperature, "a finite number above 0");
        using var scope = NewDisposeScope();
        long count = labels.shape[0];
        if (count < 2)
            return embeddings.sum().Times(0).MoveToOuterDisposeScope();
        var normal = normalize ? embeddings / (embeddings * embeddings).sum(1, true).AtLeast(SmallestSquaredNorm).sqrt() : embeddings;
        var scores = normal.matmul(normal.t()).Over(temperature);
        var itself = eye(count, dtype: ScalarType.Bool, device: labels.device);
        var logProbabilities = scores - scores.Masked(itself, double.NegativeInfinity).logsumexp(1, true);
        var positives = labels.unsqueeze(0).eq(labels.unsqueeze(1)).logical_and(itself.logical_not()).to(embeddings.dtype);
        var perAnchor = positives.sum(1);
        var sums = -(logProbabilities * positives).sum(1) / perAnchor.AtLeast(1);
        if (weights is not null)
            sums *= weights;
        return (sums.sum() / perAnchor.Above(0).sum().AtLeast(1)).MoveToOuterDisposeScope();
    }
}

namespace Hdge.Detection;

/// <summary>
/// LogSumExp f(x) − α‖Rᵀ(z − o)‖ (Wang et al. 2022, equation 8): the residual outside the principal subspace as a further, "virtual" logit, which grows with novelty.
/// </summary>
internal sealed class VimDetector(VimStatistics statistics) : Detector
{
    public override DetectionScore Kind => DetectionScore.Vim;

    public override void Score(DetectionInput input, Span<float> into)
    {
        var residuals = TensorMemory.Span<double>((input.Features - statistics.Origin).mm(statistics.Complement).Squared().sum(dim: 1).sqrt().contiguous());
        for (int i = 0; i < into.Length; i++)
            into[i] = (float)(LogitRow.Summarise(input.Row(i)).LogDensity - statistics.Scale * residuals[i]);
    }
}

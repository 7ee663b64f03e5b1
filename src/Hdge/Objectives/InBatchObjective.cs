using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// The in-batch form of HDGE (Liu and Abbeel 2020, Algorithm 2; after SimCLR): α·(−log q(y|x)) + (1 − α)·(−log q(x|y)) with the batch itself as the sample of
/// images: the second term of image i is −f(x_i)[y_i]/T + log Σ_j e^{f(x_j)[y_i]/T} over all j, i among them. No memory; gradients flow through the negatives
/// too, so nothing drifts: adding a constant to all logits of a class changes nothing. With <see cref="InBatchOptions.Made"/> j goes over images made of the batch's, too.
/// </summary>
internal sealed class InBatchObjective : IObjective
{
    private readonly InBatchOptions _options;

    /// <summary>The objective.</summary>
    public InBatchObjective(InBatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
    }

    /// <inheritdoc/>
    public ObjectiveTerms Compute(TrainingStep batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var form = _options.Logits ?? LogitForm.Raw;
        if (_options.Made.Count == 0)
            return Compute(FormedLogits.Of(form, batch), batch.Targets);
        var made = batch.Join(MadeImages.Of(batch, _options.Made));
        var logits = FormedLogits.Of(form, batch);
        var features = made(); // must live until the backward pass, as those of the step
        return Compute(logits, batch.Targets, FormedLogits.Of(form, batch.Network.Head(features), features, batch.Network.Classifier));
    }

    /// <summary>The loss of a batch.</summary>
    /// <param name="logits">f(x) in the form that is compared, shape [N, C], 32- or 64-bit floating point.</param>
    /// <param name="targets">What the images are to be taken for.</param>
    public ObjectiveTerms Compute(Tensor logits, StepTargets targets) => Compute(logits, targets, null);

    /// <summary>The same with images that are negatives of all: their logits in the same form, [M, C].</summary>
    public ObjectiveTerms Compute(Tensor logits, StepTargets targets, Tensor? made)
    {
        using var scope = NewDisposeScope();
        return WeightedTerms.Contrastive(_options.Alpha, targets.CrossEntropy(logits), targets.Mean(labels => Terms(logits, made, labels, _options.Temperature))).Keep();
    }

    /// <summary>
    /// The contrastive term of each image, [N]: −log σ(s_i[y_i] − log Σ_{j≠i} e^{s_j[y_i]}) with s = f/T, which is the formula above without its
    /// cancellation. An image alone has nothing to be told apart from: 0.
    /// </summary>
    private static Tensor Terms(Tensor logits, Tensor? made, Tensor labels, double temperature)
    {
        using var scope = NewDisposeScope();
        long count = logits.shape[0];
        if (count < 2)
            return logits.sum(1).Times(0).MoveToOuterDisposeScope();
        var scores = logits.Over(temperature).index_select(1, labels); // [j, i]: s_j[y_i]
        var itself = eye(count, dtype: ScalarType.Bool, device: logits.device);
        var others = scores.Masked(itself, double.NegativeInfinity);
        var negatives = (made is null ? others : cat([others, made.Over(temperature).index_select(1, labels)], 0)).logsumexp(0);
        return (-nn.functional.logsigmoid(scores.diag() - negatives)).MoveToOuterDisposeScope();
    }

    /// <summary>Holds nothing.</summary>
    public void Dispose()
    {
    }
}

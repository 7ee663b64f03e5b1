using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>
/// What the images of a step are to be taken for: a class each, or two with their shares where images are mixed; how much each image counts; label smoothing. An objective that works out its
/// terms by <see cref="Mean(Func{Tensor, Tensor})"/> and <see cref="CrossEntropy"/> heeds all of it, and says so by <see cref="ObjectiveOptions.Takes"/>. The tensors belong to the dispose scope in which they are made.
/// </summary>
/// <param name="labels">Classes, shape [N], 64-bit integers in 0..C − 1.</param>
public sealed class StepTargets(Tensor labels)
{
    /// <summary>Classes, shape [N], 64-bit integers in 0..C − 1; of a mixed image the class of its share <see cref="Shares"/>.</summary>
    public Tensor Labels { get; } = labels;

    /// <summary>The class of the other part of each image, shape [N], where images are mixed (Mixup, CutMix). Default null. With it comes <see cref="Shares"/>.</summary>
    public Tensor? OtherLabels { get; init; }

    /// <summary>λ, the share of each image that is of <see cref="Labels"/>, shape [N], 0..1; the rest is of <see cref="OtherLabels"/>. Default null.</summary>
    public Tensor? Shares { get; init; }

    /// <summary>How much each image counts, shape [N], above 0; mean 1 over all training images, not over the step's. Default null: all alike.</summary>
    public Tensor? Weights { get; init; }

    /// <summary>Share ε of a cross-entropy's target that is spread evenly over all classes (Szegedy et al. 2016, section 7), [0, 1). Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>
    /// The step's mean of a term that an image has for a class, a scalar: (1/N) Σ_i w_i·[λ_i·t_i(y_i) + (1 − λ_i)·t_i(y'_i)]. By the number of images and not by the sum of their weights:
    /// so the expected gradient is that of the weighted loss over all images, whatever images a step happens to draw.
    /// </summary>
    /// <param name="term">From classes [N] to the images' terms [N].</param>
    public Tensor Mean(Func<Tensor, Tensor> term)
    {
        ArgumentNullException.ThrowIfNull(term);
        using var scope = NewDisposeScope();
        var first = term(Labels);
        if (OtherLabels is null)
            return Mean(first).MoveToOuterDisposeScope();
        var second = term(OtherLabels);
        return Mean(second.Plus((first - second) * Shares!)).MoveToOuterDisposeScope();
    }

    /// <summary>The step's mean of terms that do not depend on a class, a scalar: (1/N) Σ_i w_i·t_i.</summary>
    /// <param name="terms">Shape [N].</param>
    public Tensor Mean(Tensor terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        using var scope = NewDisposeScope();
        return (Weights is null ? terms : terms * Weights).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The step's cross-entropy in nats, scalars: what is trained, with its graph; and for the log the same without label smoothing, detached.</summary>
    /// <param name="logits">f(x), shape [N, C].</param>
    public (Tensor Trained, Tensor Reported) CrossEntropy(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        var trained = Of(LabelSmoothing);
        if (LabelSmoothing == 0)
            return (trained, trained.detach());
        using var off = no_grad();
        return (trained, Of(0));

        Tensor Of(double smoothing) => Weights is null && OtherLabels is null
            ? nn.functional.cross_entropy(logits, Labels, label_smoothing: smoothing)
            : Mean(labels => nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None, label_smoothing: smoothing));
    }

    /// <summary>How many of the images are classified right, a scalar; a mixed image by its share of the class found.</summary>
    internal Tensor Right(Tensor logits)
    {
        using var scope = NewDisposeScope();
        var found = logits.argmax(1);
        var first = found.eq(Labels).to(logits.dtype);
        if (OtherLabels is null)
            return first.sum().MoveToOuterDisposeScope();
        var second = found.eq(OtherLabels).to(logits.dtype);
        return second.Plus((first - second) * Shares!).sum().MoveToOuterDisposeScope();
    }
}

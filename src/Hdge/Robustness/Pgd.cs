using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Robustness;

/// <summary>
/// Projected gradient descent, the attack of Madry et al. (2018): looks within a ball around each image for the one that the model gets most wrong. It is one
/// attack, not AutoAttack (Croce and Hein 2020) and no proof: a stronger attack may break images that this one does not, so accuracy under it is an upper bound.
/// </summary>
public static class Pgd
{
    private const int BatchSize = 128; // part of the result's definition: random starts are drawn batch by batch

    /// <summary>Attacks a model; its weights and their gradients are left as they are. The same options give the same images.</summary>
    /// <param name="model">The model, attacked as it scores: in evaluation mode.</param>
    /// <param name="images">Images of the model's shape; their labels are the classes to leave.</param>
    /// <param name="options">Norm, radius and effort; defaults as in <see cref="PgdOptions"/>.</param>
    /// <param name="targets">A class for each image that the attack shall reach instead; null for an untargeted attack.</param>
    /// <param name="progress">Called after each batch with the number of images done.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    /// <exception cref="ArgumentException">The images are of another shape, a class is not the model's, there are too few targets, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public static PgdResult Attack(HdgeModel model, ImageSet images, PgdOptions? options = null, IReadOnlyList<int>? targets = null,
        Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        options ??= new PgdOptions();
        options.Validate();
        using var use = model.Use();
        Check(model, images, targets);
        var attack = new PgdAttack(model.Scoring.Network, model.Scaling, options);
        int length = images.Shape.Length;
        var pixels = new float[checked(images.Count * length)];
        double[] clean = new double[images.Count], loss = new double[images.Count], distance = new double[images.Count];
        for (int at = 0; at < images.Count; at += BatchSize)
        {
            using var on = Autograd.On();
            using var scope = NewDisposeScope();
            int count = Math.Min(BatchSize, images.Count - at);
            var classes = tensor(Enumerable.Range(at, count).Select(i => (long)(targets?[i] ?? images.Labels[i])).ToArray(), device: model.Device);
            var found = attack.Run(Pixels(images, at, count).to(model.Device), classes, targets is not null, Seeds.Mix(options.Seed, at), cancellationToken);
            TensorMemory.Span<float>(found.Images.cpu().contiguous()).CopyTo(pixels.AsSpan(at * length));
            Read(found.CleanLoss, clean, at);
            Read(found.Loss, loss, at);
            Read(found.Distance, distance, at);
            foreach (ref double away in distance.AsSpan(at, count))
                away = double.IsFinite(away) ? Math.Min(away, options.Epsilon) : away; // single precision may round it past the radius
            progress?.Invoke(at + count);
        }
        return new PgdResult(ImageSet.FromSingles(images.Shape, pixels, images.Labels.ToArray(), images.ClassCount), clean, loss, distance);
    }

    private static void Check(HdgeModel model, ImageSet images, IReadOnlyList<int>? targets)
    {
        if (model.NetworkOptions.TakesFeatures)
            throw new ArgumentException("The model takes features, expected one of images: the attack changes pixels of 0..1.", nameof(model));
        if (!model.NetworkOptions.HasInputGradient)
            throw new ArgumentException($"The model's network is a {model.NetworkOptions}, expected another: {Networks.NetworkOptions.NoInputGradient}.", nameof(model));
        if (images.Shape != model.InputShape)
            throw new ArgumentException($"The images are {images.Shape}, the model takes {model.InputShape}.", nameof(images));
        for (int i = 0; i < images.Count; i++)
            if (images.Labels[i] >= model.ClassCount)
                throw new ArgumentException($"The label of image {i} is {images.Labels[i]}, expected 0..{model.ClassCount - 1}, the model's classes.", nameof(images));
        if (targets is null)
            return;
        if (targets.Count != images.Count)
            throw new ArgumentException($"There are {targets.Count} targets for {images.Count} images, expected one an image.", nameof(targets));
        for (int i = 0; i < targets.Count; i++)
            if ((uint)targets[i] >= (uint)model.ClassCount)
                throw new ArgumentException($"The target of image {i} is {targets[i]}, expected 0..{model.ClassCount - 1}, the model's classes.", nameof(targets));
    }

    private static Tensor Pixels(ImageSet images, int first, int count)
    {
        var pixels = empty(count, images.Shape.Channels, images.Shape.Height, images.Shape.Width, dtype: float32);
        var into = TensorMemory.Span<float>(pixels);
        if (!images.IsBytes)
            images.Singles(first, count).CopyTo(into);
        else
        {
            var bytes = images.Bytes(first, count);
            for (int i = 0; i < into.Length; i++)
                into[i] = bytes[i] / 255f;
        }
        return pixels;
    }

    private static void Read(Tensor values, double[] into, int at) => values.to(float64).cpu().data<double>().ToArray().CopyTo(into, at);
}

using Hdge.Data;
using Hdge.Networks;
using Hdge.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

// What a model can do beside whose network predicts pixels.
public sealed partial class HdgeModel
{
    /// <summary>Draws images pixel after pixel, or the lower parts of given ones (<see cref="PixelSampleOptions.Prompt"/>). They have the colours of the network's palette.</summary>
    /// <param name="options">What to draw.</param>
    /// <param name="progress">Called after each pixel with the share of all pixels done, 0..1.</param>
    /// <param name="cancellationToken">Looked at before each pixel.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the prompt is of another shape.</exception>
    /// <exception cref="InvalidOperationException">The model's network is no <see cref="PixelTransformerOptions"/>.</exception>
    public ImageSet SamplePixels(PixelSampleOptions options, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var use = Use();
        return PixelSampler.Draw(PixelNetwork, options, Device, (at, count) => Input(options.Prompt!, at, count), progress, cancellationToken);
    }

    /// <summary>
    /// Mean of −log₂ p a pixel over the images: what a pixel of them costs in bits. Of the images in the network's colours and size, so it compares networks of one palette.
    /// </summary>
    /// <param name="images">At least one image of the model's shape.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">There are no images, or they have another shape.</exception>
    /// <exception cref="InvalidOperationException">The model's network is no <see cref="PixelTransformerOptions"/>.</exception>
    public double BitsPerPixel(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var use = Use();
        CheckShape(images);
        if (images.Count == 0)
            throw new ArgumentException("The set is empty, expected at least one image.", nameof(images));
        double sum = 0;
        for (int at = 0; at < images.Count; at += LargestForward)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            sum += PixelNetwork.Read(Input(images, at, Math.Min(LargestForward, images.Count - at))).LogLikelihood.sum().cpu().item<double>();
        }
        return -sum / images.Count / PixelNetwork.ScoredPixels / Math.Log(2);
    }

    /// <summary>Entropy of the palette's colours among the training pixels in bits: what a pixel costs whose neighbours are not looked at.</summary>
    /// <exception cref="InvalidOperationException">The model's network is no <see cref="PixelTransformerOptions"/>.</exception>
    public double ColorEntropy()
    {
        using var use = Use();
        using var scope = NewDisposeScope();
        double[] shares = PixelNetwork.Colors.Shares.to(float64).data<double>().ToArray();
        return shares.Where(share => share > 0).Sum(share => -share * Math.Log2(share));
    }

    private PixelTransformer PixelNetwork => Network as PixelTransformer
        ?? throw new InvalidOperationException($"The model's network is a {NetworkOptions}, expected a {nameof(PixelTransformerOptions)}: it does not predict pixels.");
}

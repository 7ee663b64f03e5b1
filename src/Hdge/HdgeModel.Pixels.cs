using Hdge.Data;
using Hdge.Detection;
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

    /// <summary>Features, likelihood, deciding score and decision of images.</summary>
    /// <exception cref="ArgumentException">Wrong length or capacity, or a value that is not finite.</exception>
    internal void Represent(ReadOnlySpan<float> pixels, int count, RepresentationBatch into)
    {
        using var use = Use();
        CheckRoom(pixels.Length, count, into);
        using var held = HoldDetectors(out var detectors);
        for (int at = 0; at < count; at += LargestForward)
        {
            int n = Math.Min(LargestForward, count - at);
            using var input = _input.FromSingles(pixels.Slice(at * InputShape.Length, n * InputShape.Length), n, at, TrainedRange, into.RangeOf(at, n));
            Represent(detectors, input, at, n, into);
        }
        into.Count = count;
    }

    /// <inheritdoc cref="Represent(ReadOnlySpan{float}, int, RepresentationBatch)"/>
    internal void Represent(ReadOnlySpan<byte> pixels, int count, RepresentationBatch into)
    {
        using var use = Use();
        CheckRoom(pixels.Length, count, into);
        using var held = HoldDetectors(out var detectors);
        for (int at = 0; at < count; at += LargestForward)
        {
            int n = Math.Min(LargestForward, count - at);
            using var input = _input.FromBytes(pixels.Slice(at * InputShape.Length, n * InputShape.Length), n, TrainedRange, into.RangeOf(at, n));
            Represent(detectors, input, at, n, into);
        }
        into.Count = count;
    }

    /// <inheritdoc cref="Represent(ReadOnlySpan{float}, int, RepresentationBatch)"/>
    internal RepresentationBatch Represent(ImageSet images, CancellationToken cancellationToken)
    {
        using var use = Use();
        CheckShape(images);
        var into = new RepresentationBatch(Math.Max(1, images.Count), Network.FeatureLength);
        using var held = HoldDetectors(out var detectors);
        for (int at = 0; at < images.Count; at += LargestForward)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(LargestForward, images.Count - at);
            using var input = Input(images, at, n, into.RangeOf(at, n));
            Represent(detectors, input, at, n, into);
        }
        into.Count = images.Count;
        return into;
    }

    private void Represent(DetectorSet detectors, Tensor input, int at, int count, RepresentationBatch into)
    {
        var decision = detectors.Decision;
        using var pass = DetectionPass.Run(detectors, input, Temperature, detectors.Needs(decision.Score) | DetectorNeeds.Features | DetectorNeeds.Likelihood);
        var scores = pass.Scores(decision.Score);
        for (int i = 0; i < count; i++)
        {
            int row = at + i;
            var features = into.Representations.AsSpan(row * into.Length, into.Length);
            var values = pass.FeatureRow(i);
            for (int f = 0; f < features.Length; f++)
                features[f] = (float)values[f];
            (into.LogLikelihood[row], into.DetectionScore[row]) = ((float)pass.Pixels.LogLikelihood[i], scores[i]);
            into.IsInDistribution[row] = into.IsInRange[row] && decision.Keeps(scores[i]) && Finite.All<float>(features);
        }
    }

    private void CheckRoom(int values, int count, RepresentationBatch into)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (values != (long)count * InputShape.Length)
            throw new ArgumentException($"{count} images of {InputShape} need {(long)count * InputShape.Length} values, found {values}.");
        if (into.Length != Network.FeatureLength || into.Capacity < count)
            throw new ArgumentException($"There is room for {into.Capacity} representations of {into.Length} values, expected at least {count} of {Network.FeatureLength}.", nameof(into));
    }

    /// <summary>Whether it was trained without labels: what it says of classes means nothing. <see cref="RepresentationModel"/> is the way to it.</summary>
    internal bool IsUnlabelled { get; set; }

    private static HdgeModel Labelled(HdgeModel model)
    {
        if (!model.IsUnlabelled)
            return model;
        model.Dispose();
        throw new InvalidDataException($"The model was trained without labels and has no classes, expected a classifier: {nameof(RepresentationModel)}.{nameof(RepresentationModel.Load)} reads it.");
    }

    private PixelTransformer PixelNetwork => Network as PixelTransformer
        ?? throw new InvalidOperationException($"The model's network is a {NetworkOptions}, expected a {nameof(PixelTransformerOptions)}: it does not predict pixels.");
}

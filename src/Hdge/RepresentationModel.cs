using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Onnx;
using Hdge.Persistence;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge;

/// <summary>
/// A network trained without labels (<see cref="RepresentationTrainer"/>): it gives representations of images for whatever learns from them, the likelihood of an image, and a decision on what
/// is like the images trained on; and it draws images. May be used from several threads at once.
/// </summary>
public sealed class RepresentationModel : IDisposable
{
    internal RepresentationModel(HdgeModel inner) => Inner = inner;

    /// <summary>Shape of the images it takes.</summary>
    public ImageShape InputShape => Inner.InputShape;

    /// <summary>Values of a representation.</summary>
    public int RepresentationLength => Inner.Network.FeatureLength;

    /// <summary>Kind and size of the network.</summary>
    public NetworkOptions NetworkOptions => Inner.NetworkOptions;

    /// <summary>How values become network input.</summary>
    public PixelScaling Scaling => Inner.Scaling;

    /// <summary>The score that decides what is in-distribution, and the range in which it must lie.</summary>
    public Decision Decision => Inner.Decision;

    /// <summary>The scores that it can give of an image: <see cref="Scores"/>, as far as they were fitted.</summary>
    public IReadOnlyList<DetectionScore> Available => [.. Scores.Where(Inner.Detectors.Available.Contains)];

    /// <summary>The pixel values that it was trained on. An image far outside is never in-distribution, whatever its score.</summary>
    public PixelRange? TrainedRange => Inner.TrainedRange;

    /// <inheritdoc cref="HdgeModel.Threads"/>
    public int? Threads
    {
        get => Inner.Threads;
        set => Inner.Threads = value;
    }

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed => Inner.IsDisposed;

    /// <summary>The scores that need no classes: of the pixels, of the representations' nearest neighbours, and of one Gaussian around all representations (Mahalanobis).</summary>
    public static IReadOnlyList<DetectionScore> Scores { get; } = [.. DetectorRegistry.OfPixels, DetectionScore.NearestNeighbors, DetectionScore.Mahalanobis];

    internal HdgeModel Inner { get; }

    /// <summary>Representations, likelihoods and decisions of floating-point images.</summary>
    /// <param name="pixels">Count × image length values, channel first, finite; <see cref="Scaling"/> is applied.</param>
    /// <param name="count">Images, at most the capacity of <paramref name="into"/>.</param>
    /// <param name="into">Takes them.</param>
    /// <exception cref="ArgumentException">Wrong length or capacity, or a value that is not finite (the message names the image).</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void Score(ReadOnlySpan<float> pixels, int count, RepresentationBatch into) => Inner.Represent(pixels, count, into);

    /// <summary>Representations, likelihoods and decisions of images of bytes (0..255, taken as value / 255).</summary>
    /// <inheritdoc cref="Score(ReadOnlySpan{float}, int, RepresentationBatch)"/>
    public void Score(ReadOnlySpan<byte> pixels, int count, RepresentationBatch into) => Inner.Represent(pixels, count, into);

    /// <summary>Representations, likelihoods and decisions of a whole set.</summary>
    /// <exception cref="ArgumentException">The images have another shape.</exception>
    public RepresentationBatch Score(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Inner.Represent(images, cancellationToken);
    }

    /// <inheritdoc cref="HdgeModel.DetectionScores(ImageSet, IReadOnlyList{DetectionScore}, CancellationToken)"/>
    public IReadOnlyDictionary<DetectionScore, float[]> DetectionScores(ImageSet images, IReadOnlyList<DetectionScore> scores, CancellationToken cancellationToken = default) =>
        Inner.DetectionScores(images, scores, cancellationToken);

    /// <inheritdoc cref="HdgeModel.BitsPerPixel"/>
    public double BitsPerPixel(ImageSet images, CancellationToken cancellationToken = default) => Inner.BitsPerPixel(images, cancellationToken);

    /// <inheritdoc cref="HdgeModel.ColorEntropy"/>
    public double ColorEntropy() => Inner.ColorEntropy();

    /// <inheritdoc cref="HdgeModel.SamplePixels"/>
    public ImageSet Sample(PixelSampleOptions options, Action<double>? progress = null, CancellationToken cancellationToken = default) => Inner.SamplePixels(options, progress, cancellationToken);

    /// <inheritdoc cref="HdgeModel.RangeProblem(ReadOnlySpan{float})"/>
    public string? RangeProblem(ReadOnlySpan<float> pixels) => Inner.RangeProblem(pixels);

    /// <inheritdoc cref="HdgeModel.RangeProblem(ReadOnlySpan{byte})"/>
    public string? RangeProblem(ReadOnlySpan<byte> pixels) => Inner.RangeProblem(pixels);

    /// <inheritdoc cref="HdgeModel.Save(Stream)"/>
    public void Save(Stream stream) => Inner.Save(stream);

    /// <inheritdoc cref="HdgeModel.Save(string)"/>
    public void Save(string path) => Inner.Save(path);

    /// <summary>
    /// Writes the network as an ONNX file (docs/gcrl.md), which ONNX Runtime computes without libtorch. Its input is "Features" [N, channels, height, width]; its outputs are "Representation"
    /// [N, length] and "LogLikelihood" [N, 1], and where the deciding score has a graph "IsInDistribution" and "DetectionScore".
    /// </summary>
    /// <param name="path">The file, which appears only when it is whole.</param>
    /// <param name="options">Input and version of the operators. Default null: <see cref="OnnxOptions"/>'s own.</param>
    /// <exception cref="ArgumentException">An option is out of range, or is of classifiers alone: 8 bits, class names.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void SaveOnnx(string path, OnnxOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, stream => SaveOnnx(stream, options));
    }

    /// <summary>As <see cref="SaveOnnx(string, OnnxOptions?)"/>, into a stream.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="options">Input and version of the operators. Default null: <see cref="OnnxOptions"/>'s own.</param>
    public void SaveOnnx(Stream stream, OnnxOptions? options = null) => Inner.SaveRepresentationOnnx(stream, options);

    /// <summary>Reads a model of representations.</summary>
    /// <inheritdoc cref="HdgeModel.Load(Stream, string?)"/>
    public static RepresentationModel Load(Stream stream, string? device = null) => Unlabelled(ModelFile.Read(stream, device));

    /// <summary>Reads a model of representations from a file.</summary>
    /// <inheritdoc cref="HdgeModel.Load(string, string?)"/>
    public static RepresentationModel Load(string path, string? device = null) => Unlabelled(ModelFile.Read(path, device));

    /// <summary>One line: network, images, device and the score that decides.</summary>
    public override string ToString() => $"Representations: {NetworkOptions} for images of {InputShape}, on {Inner.Device}, in-distribution by {Decision.Score}";

    /// <inheritdoc cref="HdgeModel.Dispose"/>
    public void Dispose() => Inner.Dispose();

    private static RepresentationModel Unlabelled(HdgeModel model)
    {
        if (model.IsUnlabelled)
            return new(model);
        model.Dispose();
        throw new InvalidDataException($"The model is a classifier, expected one that was trained without labels: {nameof(HdgeModel)}.{nameof(HdgeModel.Load)} reads it.");
    }
}

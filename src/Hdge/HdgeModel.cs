using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Persistence;
using Hdge.Sampling;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>
/// A trained network with its input scaling, calibrator and detection threshold. Scores batches of images, from several threads at once if need be.
/// </summary>
public sealed partial class HdgeModel : IDisposable
{
    private const int LargestForward = 256; // images a forward pass: enough to fill the cores, little enough to stay in cache

    private readonly InputWriter _input;
    private volatile bool _disposed;

    internal HdgeModel(Backbone network, PixelScaling scaling, Device device)
    {
        scaling.Validate(network.InputShape.Channels);
        TorchThreads.UseAllCores();
        network.to(device);
        network.eval();
        (Network, Scaling, Device) = (network, scaling, device);
        Calibrator = new IdentityCalibrator(network.ClassCount);
        _input = new InputWriter(network.InputShape, scaling, device);
        Detectors = new DetectorSet(network, device, new DetectionOptions());
    }

    /// <summary>Shape of the images it takes.</summary>
    public ImageShape InputShape => Network.InputShape;

    /// <summary>Number of classes.</summary>
    public int ClassCount => Network.ClassCount;

    /// <summary>Kind and size of the network.</summary>
    public NetworkOptions NetworkOptions => Network.Options;

    /// <summary>How values become network input.</summary>
    public PixelScaling Scaling { get; }

    /// <summary>Temperature T of the calibrated confidence, softmax(f(x) / T): above 1 where the network was too sure. 1 when none was fitted, or another method.</summary>
    public double Temperature => Calibrator is TemperatureCalibrator scaled ? scaled.Temperature : 1;

    /// <summary>What makes calibrated probabilities of logits.</summary>
    public Calibrator Calibrator { get; internal set; }

    /// <summary>
    /// Makes prediction sets of <see cref="ScoreBatch.Probabilities"/>, the probabilities before calibration: the held-out images had no part in those, so
    /// its coverage holds although the same images fitted <see cref="Calibrator"/>. Null where no image was held out.
    /// </summary>
    public ConformalPredictor? PredictionSets { get; internal set; }

    /// <summary>Log-density from which on an image counts as in-distribution, in nats; −∞ keeps every image.</summary>
    public double DensityThreshold { get; internal set; } = double.NegativeInfinity;

    /// <summary>Where it scores.</summary>
    public Device Device { get; }

    internal Backbone Network { get; }

    /// <summary>Scores floating-point images.</summary>
    /// <param name="pixels">Count × image length values, channel first, finite; <see cref="Scaling"/> is applied.</param>
    /// <param name="count">Images, at most the capacity of <paramref name="into"/>.</param>
    /// <param name="into">Takes the scores; nothing else is allocated on the managed heap.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">Wrong length or capacity, or a value that is not finite (the message names the image).</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void Score(ReadOnlySpan<float> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default)
    {
        Check(pixels.Length, count, into);
        int largest = LargestScored;
        for (int at = 0; at < count; at += largest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(largest, count - at);
            using var input = _input.FromSingles(pixels.Slice(at * InputShape.Length, n * InputShape.Length), n, at);
            Score(input, at, n, into);
        }
        into.Count = count;
    }

    /// <summary>Scores images of bytes (0..255, taken as value / 255).</summary>
    /// <inheritdoc cref="Score(ReadOnlySpan{float}, int, ScoreBatch, CancellationToken)"/>
    public void Score(ReadOnlySpan<byte> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default)
    {
        Check(pixels.Length, count, into);
        int largest = LargestScored;
        for (int at = 0; at < count; at += largest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(largest, count - at);
            using var input = _input.FromBytes(pixels.Slice(at * InputShape.Length, n * InputShape.Length), n);
            Score(input, at, n, into);
        }
        into.Count = count;
    }

    /// <summary>Scores a whole set.</summary>
    public ScoreBatch Score(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        CheckShape(images);
        var scores = new ScoreBatch(Math.Max(1, images.Count), ClassCount);
        int largest = LargestScored;
        for (int at = 0; at < images.Count; at += largest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(largest, images.Count - at);
            using var input = Input(images, at, n);
            Score(input, at, n, scores);
        }
        scores.Count = images.Count;
        return scores;
    }

    /// <summary>Logits of a whole set, count × classes, image after image.</summary>
    public float[] Logits(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        CheckShape(images);
        var logits = new float[checked(images.Count * ClassCount)];
        for (int at = 0; at < images.Count; at += LargestForward)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(LargestForward, images.Count - at);
            using var input = Input(images, at, n);
            using var host = Forward(input);
            TensorMemory.Span<float>(host).CopyTo(logits.AsSpan(at * ClassCount));
        }
        return logits;
    }

    /// <summary>Fits calibrator, prediction sets, density threshold and the threshold of the score that decides to images that were not trained on.</summary>
    /// <param name="heldOut">At least one image.</param>
    /// <param name="inDistributionRate">Share of them that each threshold keeps, (0, 1].</param>
    /// <param name="method">How probabilities are calibrated.</param>
    /// <param name="predictionSets">How prediction sets are made; null for none.</param>
    /// <param name="seed">Deals the folds in which <see cref="CalibrationMethod.Auto"/> compares the methods.</param>
    /// <param name="cancellationToken">Looked at between forward passes and fits.</param>
    public void Calibrate(ImageSet heldOut, double inDistributionRate = 0.95, CalibrationMethod method = CalibrationMethod.Temperature,
        ConformalOptions? predictionSets = null, int seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        float[] logits = Logits(heldOut, cancellationToken);
        Calibrator = CalibratorFitting.Fit(logits, heldOut.Labels, ClassCount, method, seed: seed, cancellationToken: cancellationToken).Calibrator;
        PredictionSets = predictionSets is null ? null : ConformalPredictor.Fit(Uncalibrated(logits), heldOut.Labels, ClassCount, predictionSets);
        var densities = new double[heldOut.Count];
        for (int i = 0; i < densities.Length; i++)
            densities[i] = LogitRow.Summarise(logits.AsSpan(i * ClassCount, ClassCount)).LogDensity;
        DensityThreshold = Threshold.Keeping(densities, inDistributionRate);
        if (Detectors.Score != DetectionScore.LogDensity)
            Detectors.Threshold = DetectorFitting.KeepingThreshold(this, Detectors, heldOut, inDistributionRate, cancellationToken);
    }

    /// <summary>
    /// Draws images by SGLD from log q(x), or log q(x|y), with the network read as an energy-based model. Worth looking at after an objective that
    /// trains the density, such as JEM. Their labels are the classes asked for, or else those the network finds most probable.
    /// </summary>
    /// <param name="options">How many, of which classes, and the chains.</param>
    /// <param name="progress">Called after each step with the share of all steps done, 0..1.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">A chain left the finite numbers: the step is too large for this network.</exception>
    public ImageSet Sample(SampleOptions options, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(options);
        return ImageSampler.Draw(Network, Scaling, Device, options, progress, cancellationToken);
    }

    /// <summary>Writes the model: weights as safetensors and the rest as JSON, in one zip.</summary>
    public void Save(Stream stream) => ModelFile.Write(this, stream);

    /// <summary>Writes the model to a file, which appears only when it is whole.</summary>
    public void Save(string path) => ModelFile.Write(this, path);

    /// <summary>Reads a model.</summary>
    /// <param name="stream">Readable and seekable, as written by <see cref="Save(Stream)"/>.</param>
    /// <param name="device">Where it shall score: "cpu", "cuda", "cuda:1" …; null takes a GPU when there is one.</param>
    /// <exception cref="InvalidDataException">The file is damaged, of a newer version, or its weights do not fit its description.</exception>
    public static HdgeModel Load(Stream stream, string? device = null) => ModelFile.Read(stream, Devices.Resolve(device));

    /// <inheritdoc cref="Load(Stream, string?)"/>
    /// <param name="path">File as written by <see cref="Save(string)"/>.</param>
    /// <param name="device">Where it shall score: "cpu", "cuda", "cuda:1" …; null takes a GPU when there is one.</param>
    public static HdgeModel Load(string path, string? device = null)
    {
        using var file = File.OpenRead(path);
        return Load(file, device);
    }

    /// <summary>One line: network, images, classes, device, calibration and the score that decides.</summary>
    public override string ToString() =>
        $"HDGE model: {NetworkOptions} for images of {InputShape} in {ClassCount} classes, on {Device}, calibrated by {Calibrator.Method}, in-distribution by {Detectors.Score}";

    /// <summary>Releases the network. Must not run while another thread scores.</summary>
    public void Dispose()
    {
        _disposed = true;
        Detectors.Release();
        Network.Dispose();
    }

    private void Score(Tensor input, int at, int count, ScoreBatch into)
    {
        if (Detectors.Score != DetectionScore.LogDensity)
        {
            ScoreByDetector(input, at, count, into);
            return;
        }
        using var host = Forward(input);
        var logits = TensorMemory.Span<float>(host);
        for (int i = 0; i < count; i++)
            Fill(logits.Slice(i * ClassCount, ClassCount), at + i, into);
    }

    private Tensor Forward(Tensor input)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var off = no_grad();
        using var scope = NewDisposeScope();
        return Network.call(input).cpu().contiguous().MoveToOuterDisposeScope();
    }

    private void Fill(ReadOnlySpan<float> logits, int row, ScoreBatch into)
    {
        var (logDensity, best) = LogitRow.Softmax(logits, into.Probabilities.AsSpan(row * ClassCount, ClassCount));
        into.LogDensity[row] = (float)logDensity;
        var calibrated = into.CalibratedProbabilities.AsSpan(row * ClassCount, ClassCount);
        if (LogitRow.IsFinite(logits))
            Calibrator.Apply(logits, calibrated);
        else
            calibrated.Fill(float.NaN);
        into.Confidence[row] = calibrated[best];
        into.DetectionScore[row] = into.LogDensity[row];
        // On the value that the caller sees, so that flag and column never disagree.
        into.IsInDistribution[row] = into.LogDensity[row] >= DensityThreshold;
        into.PredictedClass[row] = best;
    }

    // As Fill makes them, so that prediction sets are fitted to what they will be made of.
    private float[] Uncalibrated(ReadOnlySpan<float> logits)
    {
        var probabilities = new float[logits.Length];
        for (int at = 0; at < logits.Length; at += ClassCount)
            LogitRow.Softmax(logits.Slice(at, ClassCount), probabilities.AsSpan(at, ClassCount));
        return probabilities;
    }

    private void Check(int values, int count, ScoreBatch into)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(into);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (values != (long)count * InputShape.Length)
            throw new ArgumentException($"{count} images of {InputShape} need {(long)count * InputShape.Length} values, found {values}.");
        if (into.ClassCount != ClassCount || into.Capacity < count)
            throw new ArgumentException($"The scores have room for {into.Capacity} images of {into.ClassCount} classes, expected at least {count} of {ClassCount}.", nameof(into));
    }

    private void CheckShape(ImageSet images)
    {
        if (images.Shape != InputShape)
            throw new ArgumentException($"The images are {images.Shape}, the model takes {InputShape}.", nameof(images));
    }
}

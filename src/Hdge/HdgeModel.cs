using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Persistence;
using Hdge.Reports;
using Hdge.Sampling;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>
/// A trained network with its input scaling, calibrator and decision on what is in-distribution. Scores batches of images, from several threads at once if need be.
/// </summary>
public sealed partial class HdgeModel : IEvaluatedModel, IDisposable
{
    private const int MostForward = 256; // images a forward pass: enough to fill the cores, little enough to stay in cache
    private const int MostForwardValues = 1 << 22; // of large images fewer: what the layers compute is many times as large

    private readonly InputWriter _input;
    private readonly UseGate _gate;
    private int? _threads;

    internal HdgeModel(Backbone network, PixelScaling scaling, Device device, Precision scoringPrecision = Precision.Single, bool flipAveraging = false)
    {
        scaling.Validate(network.InputShape.Channels);
        TorchThreads.UseAllCores();
        using var on = Autograd.On();
        _gate = new UseGate(Release);
        network.to(device);
        network.eval();
        if (network.IsFlexible)
            Layers.UseChannelsLast(network);
        network.IsMixed = scoringPrecision == Precision.Mixed;
        (ScoringPrecision, FlipAveraging) = (scoringPrecision, flipAveraging);
        Scoring = new ScoringForm(network, network.IsMixed, flipAveraging);
        (Network, Scaling, Device) = (network, scaling, device);
        var (height, width) = network.Options.SizeOf(network.InputShape);
        LargestForward = (int)Math.Clamp(MostForwardValues / ((long)network.InputShape.Channels * height * width), 1, MostForward);
        _input = new InputWriter(network.InputShape, scaling, device);
        _detectors = new DetectorSet(Scoring, new DetectionOptions { Score = DetectionScore.LogDensity }, new Dictionary<string, DetectorState>(), new(() => LinearHead.Of(network)))
        {
            Calibrator = new IdentityCalibrator(network.ClassCount),
        };
    }

    /// <summary>Shape of the images it takes.</summary>
    public ImageShape InputShape => Network.InputShape;

    /// <summary>Number of classes.</summary>
    public int ClassCount => Network.ClassCount;

    /// <summary>Kind and size of the network.</summary>
    public NetworkOptions NetworkOptions => Network.Options;

    /// <summary>How values become network input.</summary>
    public PixelScaling Scaling { get; }

    /// <summary>Temperature T of the calibrated confidence, softmax(f(x) / T): above 1 where the network was too sure. 1 when none was fitted, or by another method; with <see cref="CalibrationMethod.DensityTemperature"/> the one that would serve all images.</summary>
    public double Temperature => Calibrator.DetectionTemperature;

    /// <summary>What makes calibrated probabilities of logits.</summary>
    public Calibrator Calibrator
    {
        get => Detectors.Calibrator!;
        internal set => Detectors.Calibrator = value;
    }

    /// <summary>
    /// Makes prediction sets of <see cref="ScoreBatch.Probabilities"/>, the probabilities before calibration: the held-out images had no part in those, so
    /// its coverage holds although the same images fitted <see cref="Calibrator"/>. Null where no image was held out.
    /// </summary>
    public ConformalPredictor? PredictionSets { get; internal set; }

    /// <summary>The score that decides what is in-distribution, and the range in which it must lie: what <see cref="ScoreBatch.IsInDistribution"/> goes by.</summary>
    public Decision Decision
    {
        get => Detectors.Decision;
        internal set => Detectors.Decision = value;
    }

    /// <summary>The pixel values that it was trained on. An image far outside is never in-distribution, whatever its score. Null for a model that was never trained.</summary>
    public PixelRange? TrainedRange { get; internal set; }

    /// <summary>What it was trained on and how; saved with it. Null for a model that was never trained, or whose training diverged.</summary>
    public TrainingFacts? Training { get; internal set; }

    /// <summary>
    /// What Score does with an image that is far outside <see cref="TrainedRange"/>. Default <see cref="OutOfRangeAction.Flag"/>. Not saved with the model. In ML.NET
    /// HdgeTransformer.OutOfRange takes its place.
    /// </summary>
    public OutOfRangeAction OutOfRange { get; set; }

    /// <summary>The precision in which it scores, <see cref="Precision.Single"/> or <see cref="Precision.Mixed"/>: the one that its calibrator, decision and detectors were fitted in. Saved with the model.</summary>
    public Precision ScoringPrecision { get; }

    /// <summary>Whether it scores each image as the mean of it and its mirror image. Saved with the model.</summary>
    public bool FlipAveraging { get; }

    /// <summary>Where it scores.</summary>
    public Device Device { get; }

    /// <summary>
    /// Threads on the processor that a call which scores, samples or attacks computes with, at least 1. Default null: what libtorch is set to, which is OMP_NUM_THREADS or else
    /// as many as the process may use (affinity and a container's CPU quota are honoured). 1 is best where many threads score at once. libtorch keeps the number for the calling
    /// thread and for threads that have not computed yet. Not saved.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? Threads
    {
        get => _threads;
        set
        {
            Argument.Require(value is null or >= 1, value ?? 0, "at least 1, or null", nameof(Threads));
            _threads = value;
        }
    }

    /// <summary>The network as it is trained and saved.</summary>
    internal Backbone Network { get; }

    bool IScoringModel.TakesFeatures => NetworkOptions.TakesFeatures;

    IReadOnlyList<DetectionScore> IEvaluatedModel.Available => Detectors.Available;

    bool? IEvaluatedModel.TellsUnknownApart => Detectors.TellsUnknownApart;

    HdgeModel IEvaluatedModel.Single => this;

    bool IEvaluatedModel.Admits(ImageSet images, int index) => TrainedRange?.Admits(images, index) != false;

    /// <summary>Images a forward pass.</summary>
    private int LargestForward { get; }
    /// <summary>The network as it scores.</summary>
    internal ScoringForm Scoring { get; }

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed => _gate.IsClosed;

    /// <summary>Scores floating-point images.</summary>
    /// <param name="pixels">Count × image length values, channel first, finite; <see cref="Scaling"/> is applied.</param>
    /// <param name="count">Images, at most the capacity of <paramref name="into"/>.</param>
    /// <param name="into">Takes the scores; nothing else is allocated on the managed heap.</param>
    /// <param name="cancellationToken">Looked at between forward passes.</param>
    /// <exception cref="ArgumentException">Wrong length or capacity, a value that is not finite, or an image out of range where <see cref="OutOfRange"/> says so (the message names the image).</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void Score(ReadOnlySpan<float> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default)
    {
        using var use = Use();
        ScoreBatch.Check(into, pixels.Length, count, InputShape, ClassCount);
        using var held = HoldDetectors(out var detectors);
        using var mode = ScoringMode(detectors, out int largest);
        for (int at = 0; at < count; at += largest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(largest, count - at);
            var values = pixels.Slice(at * InputShape.Length, n * InputShape.Length);
            var inRange = InRange(into, at, n);
            using var input = _input.FromSingles(values, n, at, TrainedRange, inRange);
            if (FirstRefused(inRange) is >= 0 and var image)
                throw OutOfRangeError(at + image, RangeProblem(values.Slice(image * InputShape.Length, InputShape.Length)));
            Score(detectors, input, at, n, into);
        }
        into.Count = count;
    }

    /// <summary>Scores images of bytes (0..255, taken as value / 255).</summary>
    /// <inheritdoc cref="Score(ReadOnlySpan{float}, int, ScoreBatch, CancellationToken)"/>
    public void Score(ReadOnlySpan<byte> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default)
    {
        using var use = Use();
        ScoreBatch.Check(into, pixels.Length, count, InputShape, ClassCount);
        using var held = HoldDetectors(out var detectors);
        using var mode = ScoringMode(detectors, out int largest);
        for (int at = 0; at < count; at += largest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(largest, count - at);
            var values = pixels.Slice(at * InputShape.Length, n * InputShape.Length);
            var inRange = InRange(into, at, n);
            using var input = _input.FromBytes(values, n, TrainedRange, inRange);
            if (FirstRefused(inRange) is >= 0 and var image)
                throw OutOfRangeError(at + image, RangeProblem(values.Slice(image * InputShape.Length, InputShape.Length)));
            Score(detectors, input, at, n, into);
        }
        into.Count = count;
    }

    /// <summary>Scores a whole set.</summary>
    /// <exception cref="ArgumentException">The images have another shape, or one is out of range where <see cref="OutOfRange"/> says so.</exception>
    public ScoreBatch Score(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var use = Use();
        CheckShape(images);
        var scores = new ScoreBatch(Math.Max(1, images.Count), ClassCount);
        using var held = HoldDetectors(out var detectors);
        using var mode = ScoringMode(detectors, out int largest);
        for (int at = 0; at < images.Count; at += largest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(largest, images.Count - at);
            var inRange = InRange(scores, at, n);
            using var input = Input(images, at, n, inRange);
            if (FirstRefused(inRange) is >= 0 and var image)
                throw OutOfRangeError(at + image, RangeProblem(images, at + image));
            Score(detectors, input, at, n, scores);
        }
        scores.Count = images.Count;
        return scores;
    }

    /// <summary>Logits of a whole set, count × classes, image after image.</summary>
    public float[] Logits(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var use = Use();
        CheckShape(images);
        var logits = new float[checked(images.Count * ClassCount)];
        for (int at = 0; at < images.Count; at += LargestForward)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(LargestForward, images.Count - at);
            using var known = Kept?.Rows(images, at, n);
            using var input = known is null ? Input(images, at, n) : null;
            using var host = known is null ? Forward(input!) : HeadOf(known);
            TensorMemory.Span<float>(host).CopyTo(logits.AsSpan(at * ClassCount));
        }
        return logits;
    }

    /// <summary>Fits calibrator, prediction sets and the decision's range (<see cref="Decision.Fit"/>) to images that were not trained on; which score decides stays.</summary>
    /// <param name="heldOut">At least one image. Those out of range (<see cref="TrainedRange"/>) have no part in the decision.</param>
    /// <param name="inDistributionRate">Share of them that the decision keeps, (0, 1].</param>
    /// <param name="method">How probabilities are calibrated. Default null: <see cref="CalibrationMethod.Temperature"/>.</param>
    /// <param name="predictionSets">How prediction sets are made; null for none.</param>
    /// <param name="seed">Deals the folds in which <see cref="CalibrationMethod.Auto"/> compares the methods.</param>
    /// <param name="cancellationToken">Looked at between forward passes and fits.</param>
    public void Calibrate(ImageSet heldOut, double inDistributionRate = 0.95, CalibrationMethod? method = null,
        ConformalOptions? predictionSets = null, int seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        using var use = Use();
        float[] logits = Logits(heldOut, cancellationToken);
        var data = new LabelledLogits(logits, heldOut.Labels, ClassCount);
        Calibrator = CalibratorFitting.Fit(data, method ?? CalibrationMethod.Temperature, seed: seed, cancellationToken: cancellationToken).Calibrator;
        PredictionSets = predictionSets is null ? null : ConformalPredictor.Fit(Uncalibrated(logits, ClassCount), heldOut.Labels, ClassCount, predictionSets);
        using var held = HoldDetectors(out var detectors);
        var score = detectors.Decision.Score;
        float[] scores = score == DetectionScore.LogDensity
            ? [.. Enumerable.Range(0, heldOut.Count).Select(i => (float)LogitRow.Summarise(logits.AsSpan(i * ClassCount, ClassCount)).LogDensity)]
            : DetectionScores(detectors, heldOut, [score], cancellationToken)[score];
        detectors.Decision = Decide(score, scores, heldOut, inDistributionRate);
        detectors.Calibrator = ScoreCalibration.Refit(detectors.Calibrator!, () => logits, heldOut.Labels, score, scores, cancellationToken);
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
        using var use = Use();
        using var on = Autograd.On();
        ArgumentNullException.ThrowIfNull(options);
        if (NetworkOptions.TakesFeatures)
            throw new InvalidOperationException("The model takes features, expected one of images: chains of samples run over images of 0..1.");
        if (!NetworkOptions.HasInputGradient)
            throw new InvalidOperationException($"The model's network is a {NetworkOptions}, expected another for chains of samples: {NetworkOptions.NoInputGradient}. Its own images are drawn by {nameof(SamplePixels)}.");
        return ImageSampler.Draw(Scoring.Network, Scaling, Device, options, progress, cancellationToken);
    }

    /// <summary>Writes the model: weights as safetensors and the rest as JSON, in one zip.</summary>
    /// <exception cref="InvalidOperationException">A weight is not finite: such a file could not be read.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void Save(Stream stream)
    {
        using var use = Use();
        ModelFile.Write(this, stream);
    }

    /// <summary>Writes the model to a file, which appears only when it is whole.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void Save(string path)
    {
        using var use = Use();
        ModelFile.Write(this, path);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="stream">Readable and seekable, from its first byte to its last as written by <see cref="Save(Stream)"/>.</param>
    /// <param name="device">Where it shall score: "cpu", "cuda", "cuda:1" …; null takes a GPU when there is one.</param>
    /// <exception cref="InvalidDataException">The file is damaged, of another version, or its parts do not fit together; the message names entry and field. It is thrown
    /// before memory is taken for what the file does not hold.</exception>
    public static HdgeModel Load(Stream stream, string? device = null) => Labelled(ModelFile.Read(stream, device));

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">File as written by <see cref="Save(string)"/>.</param>
    /// <param name="device">Where it shall score: "cpu", "cuda", "cuda:1" …; null takes a GPU when there is one.</param>
    /// <exception cref="InvalidDataException">As <see cref="Load(Stream, string?)"/>; the message names the file.</exception>
    public static HdgeModel Load(string path, string? device = null) => Labelled(ModelFile.Read(path, device));

    /// <summary>One line: network, images, classes, device, calibration and the score that decides.</summary>
    public override string ToString() =>
        $"HDGE model: {NetworkOptions} for images of {InputShape} in {ClassCount} classes, on {Device}, calibrated by {Calibrator.Method}, in-distribution by {Decision.Score}";

    /// <summary>
    /// Releases the network, on any thread: waits until the calls that other threads have begun are done; later ones throw <see cref="ObjectDisposedException"/>. Called from
    /// within a call, in a progress callback say, it returns at once and that call still ends well. Disposing twice is fine.
    /// </summary>
    public void Dispose() => _gate.Close(wait: true);

    /// <summary>Keeps the native memory until the result is disposed of, on this thread.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    internal UseGate.Use Use()
    {
        var use = _gate.Enter(this);
        TorchThreads.Use(_threads);
        return use;
    }

    private void Release()
    {
        _detectors.Release();
        Scoring.Dispose();
        Network.Dispose();
    }

    // A caller's inference mode would keep gradients from scores that need them.
    private IDisposable? ScoringMode(DetectorSet detectors, out int largest)
    {
        bool gradient = detectors.Needs(detectors.Decision.Score).HasFlag(DetectorNeeds.Gradients);
        largest = gradient ? LargestGradientForward : LargestForward;
        return gradient ? Autograd.On() : null;
    }

    private void Score(DetectorSet detectors, Tensor input, int at, int count, ScoreBatch into)
    {
        var decision = detectors.Decision;
        if (decision.Score != DetectionScore.LogDensity)
        {
            ScoreByDetector(detectors, decision, input, at, count, into);
            return;
        }
        using var host = Forward(input);
        var logits = TensorMemory.Span<float>(host);
        for (int i = 0; i < count; i++)
            LogitRow.Score(logits.Slice(i * ClassCount, ClassCount), at + i, into, null, detectors.Calibrator!, decision);
    }

    private Tensor Forward(Tensor input)
    {
        var network = Scoring.Network;
        using var off = inference_mode();
        using var scope = NewDisposeScope();
        return network.call(input).cpu().contiguous().MoveToOuterDisposeScope();
    }

    private Tensor HeadOf(Tensor features)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        return Network.Head(features).cpu().contiguous().MoveToOuterDisposeScope();
    }

    // As scoring makes them, so that prediction sets are fitted to what they will be made of.
    internal static float[] Uncalibrated(ReadOnlySpan<float> logits, int classCount)
    {
        var probabilities = new float[logits.Length];
        for (int at = 0; at < logits.Length; at += classCount)
            LogitRow.Softmax(logits.Slice(at, classCount), probabilities.AsSpan(at, classCount));
        return probabilities;
    }

    private void CheckShape(ImageSet images)
    {
        if (images.Shape != InputShape)
            throw new ArgumentException($"The images are {images.Shape}, the model takes {InputShape}.", nameof(images));
    }
}

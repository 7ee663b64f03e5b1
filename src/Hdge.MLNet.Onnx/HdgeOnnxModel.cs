using System.Buffers;
using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Onnx;

namespace Hdge.MLNet.Onnx;

/// <summary>
/// An HDGE model that was exported to ONNX (HdgeModel.SaveOnnx, HdgeTransformer.SaveOnnx). ONNX Runtime computes the network; probabilities, calibration, decision and prediction sets are made by the
/// same code as HdgeModel's. Scores from several threads at once if need be.
/// </summary>
public sealed class HdgeOnnxModel : IScoringModel, IDisposable
{
    private const int LargestForward = 256;

    private readonly OnnxDescription _description;
    private readonly OnnxSession _session;
    private readonly UseGate _gate;
    private readonly byte[] _file;
    private readonly bool _hasScore; // whether the graph gives the score that decides; the log-density is made of the logits

    private HdgeOnnxModel(byte[] file, OnnxSessionOptions? options)
    {
        options ??= new();
        options.Validate();
        _description = OnnxFile.Read(file);
        (_file, InputShape) = (file, _description.Shape());
        _hasScore = Decision.Score != DetectionScore.LogDensity;
        _session = new(file, _description, _hasScore ? [OnnxColumns.Logits, Columns.DetectionScore] : [OnnxColumns.Logits], options);
        _gate = new(_session.Dispose);
    }

    /// <summary>Shape of the images it takes.</summary>
    public ImageShape InputShape { get; }

    /// <summary>Number of classes.</summary>
    public int ClassCount => _description.ClassCount;

    /// <summary>Names of the classes; their numbers from 0 on where the file has none.</summary>
    public IReadOnlyList<string> ClassNames => Columns.Labels?.Texts ?? [.. Enumerable.Range(0, ClassCount).Select(number => $"{number}")];

    /// <summary>What the graph's input holds.</summary>
    public OnnxInput Input => _description.Input;

    /// <summary>In which numbers the network computes.</summary>
    public OnnxPrecision Precision => _description.Precision;

    /// <summary>What makes calibrated probabilities of logits.</summary>
    public Calibrator Calibrator => _description.Calibrator;

    /// <summary>Makes prediction sets of <see cref="ScoreBatch.Probabilities"/>; null where no image was held out.</summary>
    public ConformalPredictor? PredictionSets => _description.PredictionSets;

    /// <summary>The score that decides what is in-distribution, and the range in which it must lie.</summary>
    public Decision Decision => _description.Decision;

    /// <summary>The pixel values that it was trained on; null where nobody knows.</summary>
    public PixelRange? TrainedRange => _description.TrainedRange;

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed => _gate.IsClosed;

    bool IScoringModel.TakesFeatures => _description.TakesFeatures;

    internal OnnxColumns Columns => _description.Columns;

    /// <summary>The file that it was read from.</summary>
    internal ReadOnlySpan<byte> File => _file;

    /// <summary>Reads a model from a file.</summary>
    /// <param name="path">A file that SaveOnnx wrote.</param>
    /// <param name="options">How to compute. Default null: <see cref="OnnxSessionOptions"/>'s own.</param>
    /// <exception cref="InvalidDataException">The file is damaged, of another version, or no exported HDGE model; the message names the file.</exception>
    /// <exception cref="OnnxRuntimeMissingException">ONNX Runtime's native library cannot be loaded.</exception>
    public static HdgeOnnxModel Load(string path, OnnxSessionOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] file = System.IO.File.ReadAllBytes(path);
        try
        {
            return new(file, options);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The ONNX file '{path}' cannot be read. {error.Message}", error);
        }
    }

    /// <summary>Reads a model from a stream, to its end.</summary>
    /// <param name="stream">What SaveOnnx wrote.</param>
    /// <param name="options">How to compute. Default null: <see cref="OnnxSessionOptions"/>'s own.</param>
    /// <exception cref="InvalidDataException">As <see cref="Load(string, OnnxSessionOptions?)"/>.</exception>
    /// <exception cref="OnnxRuntimeMissingException">ONNX Runtime's native library cannot be loaded.</exception>
    public static HdgeOnnxModel Load(Stream stream, OnnxSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return new(content.ToArray(), options);
    }

    /// <summary>Scores floating-point images.</summary>
    /// <param name="pixels">Count × image length values, channel first, finite, as the model it was exported from takes them.</param>
    /// <param name="count">Images, at most the capacity of <paramref name="into"/>.</param>
    /// <param name="into">Takes the scores.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="ArgumentException">Wrong length or capacity, a value that is not finite, or the graph takes bytes.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void Score(ReadOnlySpan<float> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default)
    {
        if (Input == OnnxInput.Byte)
            throw new ArgumentException("The ONNX file takes bytes, found floating-point values: give it bytes of 0..255, or export the model with OnnxOptions.Input = OnnxInput.Single.", nameof(pixels));
        int at = 0;
        foreach (float pixel in pixels)
            if (!float.IsFinite(pixel))
                throw new ArgumentException($"Image {at / InputShape.Length} holds a value that is not finite, expected finite values.", nameof(pixels));
            else
                at++;
        Score<float, float>(pixels, _description.Scale, static (from, to) => from.CopyTo(to), count, into, cancellationToken);
    }

    /// <summary>Scores images of bytes (0..255, taken as value / 255).</summary>
    /// <inheritdoc cref="Score(ReadOnlySpan{float}, int, ScoreBatch, CancellationToken)"/>
    public void Score(ReadOnlySpan<byte> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default)
    {
        if (Input == OnnxInput.Byte)
        {
            Score<byte, byte>(pixels, 1 / 255f, static (from, to) => from.CopyTo(to), count, into, cancellationToken);
            return;
        }
        double scale = _description.Scale * 255.0; // the graph scales them as floating-point values
        Score<byte, float>(pixels, 1 / 255f, (from, to) =>
        {
            for (int i = 0; i < from.Length; i++)
                to[i] = (float)(from[i] / scale);
        }, count, into, cancellationToken);
    }

    /// <summary>Scores a whole set.</summary>
    /// <exception cref="ArgumentException">The images have another shape, or are floating-point values and the graph takes bytes.</exception>
    public ScoreBatch Score(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Shape != InputShape)
            throw new ArgumentException($"The images are {images.Shape}, the model takes {InputShape}.", nameof(images));
        var scores = new ScoreBatch(Math.Max(1, images.Count), ClassCount);
        var part = new ScoreBatch(LargestForward, ClassCount);
        byte[] bytes = [];
        float[] singles = [];
        for (int at = 0; at < images.Count; at += LargestForward)
        {
            int n = Math.Min(LargestForward, images.Count - at);
            if (images.IsBytes)
                Score(images.Bytes(at, n, ref bytes), n, part, cancellationToken);
            else
            {
                float[] values = images.Singles(at, n, ref singles).ToArray();
                foreach (ref float value in values.AsSpan())
                    value /= _description.Scale; // sets are kept already scaled
                Score(values, n, part, cancellationToken);
            }
            part.CopyTo(scores, at);
        }
        return scores;
    }

    /// <summary>What is wrong with the values of an image that is out of range, as the end of a sentence that begins with the image's name; null where nothing is.</summary>
    /// <param name="pixels">One image.</param>
    /// <exception cref="ArgumentException">The length is not that of an image.</exception>
    public string? RangeProblem(ReadOnlySpan<float> pixels) => PixelRange.Problem(TrainedRange, InputShape, pixels, _description.Scale);

    /// <inheritdoc cref="RangeProblem(ReadOnlySpan{float})"/>
    public string? RangeProblem(ReadOnlySpan<byte> pixels) => PixelRange.Problem(TrainedRange, InputShape, pixels, 1 / 255f);

    /// <summary>One line: network, images, classes and precision.</summary>
    public override string ToString() => $"HDGE model in ONNX: {_description.Network} for images of {InputShape} in {ClassCount} classes, {Precision}, calibrated by {Calibrator.Method}, in-distribution by {Decision.Score}";

    /// <summary>Releases ONNX Runtime's session: waits until the calls that other threads have begun are done; later ones throw <see cref="ObjectDisposedException"/>. Disposing twice is fine.</summary>
    public void Dispose() => _gate.Close(wait: true);

    private delegate void Writer<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to);

    private void Score<TFrom, TTo>(ReadOnlySpan<TFrom> pixels, float scale, Writer<TFrom, TTo> write, int count, ScoreBatch into, CancellationToken cancellationToken)
        where TFrom : unmanaged, System.Numerics.INumber<TFrom>
        where TTo : unmanaged
    {
        using var use = _gate.Enter(this);
        ScoreBatch.Check(into, pixels.Length, count, InputShape, ClassCount);
        int length = InputShape.Length, largest = Math.Min(Math.Max(1, count), LargestForward);
        TTo[] values = ArrayPool<TTo>.Shared.Rent(largest * length);
        float[] logits = ArrayPool<float>.Shared.Rent(largest * ClassCount), scores = ArrayPool<float>.Shared.Rent(largest);
        try
        {
            for (int at = 0; at < count; at += largest)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int n = Math.Min(largest, count - at);
                var images = pixels.Slice(at * length, n * length);
                write(images, values);
                CheckRange(images, scale, into.IsInRange.AsSpan(at, n));
                if (_hasScore)
                    _session.Run(values.AsMemory(0, n * length), n, [logits, scores], [ClassCount, 1]);
                else
                    _session.Run(values.AsMemory(0, n * length), n, [logits], [ClassCount]);
                for (int i = 0; i < n; i++)
                    LogitRow.Score(logits.AsSpan(i * ClassCount, ClassCount), at + i, into, _hasScore ? scores[i] : null, Calibrator, Decision);
            }
            into.Count = count;
        }
        finally
        {
            ArrayPool<TTo>.Shared.Return(values);
            ArrayPool<float>.Shared.Return(logits);
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    private void CheckRange<T>(ReadOnlySpan<T> images, float scale, Span<bool> inRange) where T : unmanaged, System.Numerics.INumber<T>
    {
        inRange.Fill(true);
        var check = new RangeCheck(TrainedRange, scale, inRange);
        if (!check.Wanted)
            return;
        int plane = InputShape.Height * InputShape.Width;
        for (int at = 0, channel = 0; at < images.Length; at += plane, channel = channel + 1 == InputShape.Channels ? 0 : channel + 1)
            check.Add(channel, Extent.Of(images.Slice(at, plane)));
    }
}

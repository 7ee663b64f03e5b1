using Hdge;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.MLNet.Onnx;
using Hdge.Serving;
using Microsoft.ML;

namespace ScoringService;

/// <summary>A loaded model with all that belongs to it: replaced as one.</summary>
internal sealed class ServedModel : IDisposable
{
    private readonly IDisposable _owner;

    private ServedModel(IScoringModel model, IReadOnlyList<string> classNames, PhotoOptions photos, IDisposable owner, ServiceOptions options, FileStamp stamp)
    {
        (Model, ClassNames, Stamp, _owner) = (model, classNames, stamp, owner);
        if (model.TakesFeatures)
            throw new InvalidDataException("The model takes vectors of features, expected one of images.");
        Reference = Reference.Read(options.Reference ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.Model))!, "reference.json"), model);
        Decoder = new(model.InputShape, photos with { MostPixels = options.MostPixels });
        model.Score(new byte[model.InputShape.Length], 1, new ScoreBatch(1, model.ClassCount)); // the first pass takes longest: not a caller's
        Batcher = new(model, options.MicroBatching
            ? new() { MaxBatch = options.MaxBatch, MaxDelay = options.MaxDelay, QueueCapacity = options.QueueCapacity, Deadline = options.Deadline }
            : new() { MaxBatch = 1, MaxDelay = TimeSpan.Zero, QueueCapacity = options.QueueCapacity, Deadline = options.Deadline, Workers = Environment.ProcessorCount });
    }

    public IScoringModel Model { get; }

    public IReadOnlyList<string> ClassNames { get; }

    public Reference? Reference { get; }

    public PhotoDecoder Decoder { get; }

    public MicroBatcher Batcher { get; }

    public FileStamp Stamp { get; }

    public DateTimeOffset Loaded { get; } = DateTimeOffset.UtcNow;

    /// <exception cref="InvalidDataException">The file cannot be read, or holds no HDGE model.</exception>
    public static ServedModel Load(ServiceOptions options)
    {
        var stamp = FileStamp.Of(options.Model); // before reading: what is written meanwhile is newer
        if (!stamp.Exists)
            throw new FileNotFoundException($"There is no model '{options.Model}'. 'ScoringService prepare' trains one; Service:Model names another.");
        IDisposable? owner = null;
        try
        {
            if (Path.GetExtension(options.Model) == ".onnx")
            {
                var onnx = HdgeOnnxModel.Load(options.Model, new() { Threads = options.MicroBatching ? null : 1 });
                owner = onnx;
                return new(onnx, onnx.ClassNames, new(), owner, options, stamp);
            }
            ITransformer loaded = new MLContext().Model.Load(options.Model, out _);
            owner = loaded as IDisposable;
            if (Parts(loaded).OfType<HdgeOnnxTransformer>().SingleOrDefault() is { } exported)
                return new(exported.Model, exported.ClassNames, exported.Photos, owner ?? exported, options, stamp);
            var transformer = HdgeTransformer.From(loaded);
            if (!options.MicroBatching)
                transformer.Threads = 1;
            return new(transformer.ScoringModel, transformer.ClassNames, transformer.Photos, owner ?? transformer, options, stamp);
        }
        catch (Exception error)
        {
            owner?.Dispose();
            if (error is InvalidDataException or IOException)
                throw;
            throw new InvalidDataException($"The model '{options.Model}' cannot be used: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        Batcher.Dispose();
        _owner.Dispose();
    }

    // A chain is a sequence of its parts; no other transformer is.
    private static IEnumerable<ITransformer> Parts(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Parts) : [model];
}

/// <summary>What tells one file from another without reading it.</summary>
internal readonly record struct FileStamp(bool Exists, long Length, DateTime Written)
{
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new(true, file.Length, file.LastWriteTimeUtc) : default;
    }
}

using Hdge;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.MLNet.Onnx;
using Microsoft.ML;

namespace FleetScoring;

/// <summary>A loaded model, with what makes images of files. It computes with one thread a shard: how many cores a machine has must not change a result.</summary>
internal sealed class FleetModel : IDisposable
{
    private readonly IDisposable _owner;

    private FleetModel(IScoringModel model, IReadOnlyList<string> classNames, PhotoOptions photos, IDisposable owner)
    {
        if (model.TakesFeatures)
            throw new InvalidDataException("it takes vectors of features, expected one of images");
        (Model, ClassNames, Decoder, _owner) = (model, classNames, new(model.InputShape, photos), owner);
    }

    public IScoringModel Model { get; }

    public IReadOnlyList<string> ClassNames { get; }

    public PhotoDecoder Decoder { get; }

    /// <summary>The model of a plan.</summary>
    /// <exception cref="InvalidDataException">The file is not the one that was planned.</exception>
    public static FleetModel Of(Plan plan, string folder)
    {
        string path = Path.Combine(folder, plan.Model);
        return Plan.Sha256(path) == plan.ModelSha256 ? Load(path) : throw new InvalidDataException($"'{path}' is not the model that was planned: its SHA-256 differs. Plan into another folder.");
    }

    /// <exception cref="InvalidDataException">The file holds no model that can be used.</exception>
    public static FleetModel Load(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no model '{path}'.");
        IDisposable? owner = null;
        try
        {
            if (Path.GetExtension(path) == ".onnx")
            {
                var onnx = HdgeOnnxModel.Load(path, new() { Threads = 1 });
                owner = onnx;
                return new(onnx, onnx.ClassNames, new(), owner);
            }
            ITransformer loaded = new MLContext().Model.Load(path, out _);
            owner = loaded as IDisposable;
            var transformer = HdgeTransformer.From(loaded);
            transformer.Threads = 1;
            return new(transformer.ScoringModel, transformer.ClassNames, transformer.Photos, owner ?? transformer);
        }
        catch (Exception error) when (error is not LibtorchException)
        {
            owner?.Dispose();
            throw new InvalidDataException($"The model '{path}' cannot be used, expected an .onnx file or a model.zip with an HdgeTransformer: {error.Message}", error);
        }
    }

    public void Dispose() => _owner.Dispose();
}

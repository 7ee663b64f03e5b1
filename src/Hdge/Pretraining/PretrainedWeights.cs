using Hdge.Data;
using Hdge.Networks;
using Hdge.Persistence;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Pretraining;

/// <summary>Weights that a network starts from, and the scaling of the input that belongs to them.</summary>
internal sealed class PretrainedWeights : IDisposable
{
    private const string Counter = ".num_batches_tracked"; // older files lack it, and nothing goes by it

    private readonly string _source, _of;
    private readonly Dictionary<string, Tensor> _tensors;
    private readonly PixelScaling? _scaling; // null: not told
    private readonly bool _isImageNets;

    private PretrainedWeights(string source, string of, Dictionary<string, Tensor> tensors, PixelScaling? scaling, bool isImageNets = false) =>
        (_source, _of, _tensors, _scaling, _isImageNets) = (source, of, tensors, scaling, isImageNets);

    /// <param name="source">As <see cref="Training.TrainingOptions.Pretrained"/>.</param>
    /// <exception cref="ArgumentException">It is no name and no file of a known kind.</exception>
    /// <exception cref="FileNotFoundException">The file is not there.</exception>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static PretrainedWeights Read(string source)
    {
        if (source.Equals(ImageNetResNet18.Name, StringComparison.OrdinalIgnoreCase))
            return Onnx(source, ImageNetResNet18.Find());
        string kind = Path.GetExtension(source).ToUpperInvariant();
        Func<PretrainedWeights> read = kind switch
        {
            ".SAFETENSORS" => () => OfSafetensors(source),
            ".ONNX" => () => Onnx(source, source),
            ".HDGE" => () => OfModel(source, File.OpenRead),
            ".ZIP" => () => OfModel(source, ModelZipEntry.Open),
            ".PTH" or ".PT" => () => OfTensors(source, PickledWeights.Read(source)),
            _ => throw new ArgumentException($"{nameof(Training.TrainingOptions.Pretrained)} is '{source}', expected '{ImageNetResNet18.Name}' or the path of a file: weights.safetensors, weights.pth, model.hdge, model.zip, or ResNet18.onnx."),
        };
        if (!File.Exists(source))
            throw new FileNotFoundException($"{nameof(Training.TrainingOptions.Pretrained)} is '{source}', but there is no such file.", source);
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The pre-trained weights in '{source}' cannot be read. {error.Message}", error);
        }
    }

    /// <summary>The network that takes the weights: the given one, with the blocks that they are of where they are not those of the name.</summary>
    public NetworkOptions NetworkFor(NetworkOptions given) =>
        _isImageNets && given is ResNet18Options network && network.LastStageBlocks == new ResNet18Options().LastStageBlocks ? network with { LastStageBlocks = ImageNetResNet18.LastStageBlocks } : given;

    /// <summary>How the network's input is scaled: as belongs to the weights where that is known, with the given factor.</summary>
    /// <param name="network">Takes the weights.</param>
    /// <param name="shape">Of the images.</param>
    /// <param name="train">Images that the scaling is taken from where a network without told scaling does so.</param>
    /// <param name="given">By the user.</param>
    /// <exception cref="ArgumentException">The given mean or deviation is another than the weights'.</exception>
    public PixelScaling ScalingFor(NetworkOptions network, ImageShape shape, ImageSet train, PixelScaling given)
    {
        var usual = new PixelScaling();
        bool isGiven = !Same(given, usual);
        if (_scaling is null)
            return !isGiven && network is ResNetOptions && shape.Channels == 3 ? given with { Mean = [0.485f, 0.456f, 0.406f], StandardDeviation = [0.229f, 0.224f, 0.225f] } : network.ScalingFor(train, given);
        if (isGiven && !Same(given, _scaling))
            throw new ArgumentException($"{nameof(PixelScaling.Mean)} or {nameof(PixelScaling.StandardDeviation)} is given, but the weights of '{_source}' go with a scaling of their own, {_scaling}: expected neither.");
        return given with { Mean = _scaling.Mean, StandardDeviation = _scaling.StandardDeviation };
    }

    /// <summary>Gives a network the weights. The last layer's are left as they are where those here are absent or of another number of classes.</summary>
    /// <exception cref="ArgumentException">The weights are of another kind of network.</exception>
    public void CopyTo(Backbone network)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var (head, left) = (network.HeadNames(), _tensors.Keys.ToHashSet());
        foreach (var (name, weight) in network.state_dict())
        {
            left.Remove(name);
            bool isHead = head.Contains(name);
            if (!_tensors.TryGetValue(name, out var found))
            {
                if (!isHead && !name.EndsWith(Counter, StringComparison.Ordinal))
                    throw Misfit(network, $"lack '{name}' [{string.Join(", ", weight.shape)}]");
            }
            else if (found.shape.AsSpan().SequenceEqual(weight.shape))
                weight.copy_(found);
            else if (!isHead)
                throw Misfit(network, $"have '{name}' as [{string.Join(", ", found.shape)}], expected [{string.Join(", ", weight.shape)}]");
        }
        if (left.Count > 0)
            throw Misfit(network, $"have '{left.Order(StringComparer.Ordinal).First()}', which it lacks");
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    private ArgumentException Misfit(Backbone network, string problem) => new($"The pre-trained weights of '{_source}' are {_of}, but {nameof(Training.TrainingOptions.Network)} is a {network.Options} for images of {network.InputShape}: they {problem}.");

    private static bool Same(PixelScaling a, PixelScaling b) => a.Mean.SequenceEqual(b.Mean) && a.StandardDeviation.SequenceEqual(b.StandardDeviation);

    private static PretrainedWeights Onnx(string source, string path)
    {
        if (new FileInfo(path).Length > Array.MaxLength)
            throw new InvalidDataException($"It has {new FileInfo(path).Length} bytes, expected at most {Array.MaxLength}.");
        return new(source, "those of a ResNet-18 (blocks 2-2-2-3)", ImageNetResNet18.Read(File.ReadAllBytes(path)), ImageNetResNet18.Scaling(new()), isImageNets: true);
    }

    private static PretrainedWeights OfSafetensors(string path)
    {
        using var file = File.OpenRead(path);
        return OfTensors(path, Safetensors.ReadAll(file, file.Length, "The file"));
    }

    private static PretrainedWeights OfTensors(string path, Dictionary<string, Tensor> tensors)
    {
        var result = new PretrainedWeights(path, $"{tensors.Count} tensors", tensors, null);
        if (tensors.FirstOrDefault(t => !Safetensors.IsFinite(t.Value)).Key is not { } broken)
            return result;
        result.Dispose();
        throw new InvalidDataException($"'{broken}' holds a number that is not finite.");
    }

    private static PretrainedWeights OfModel(string path, Func<string, Stream> open)
    {
        using var stream = open(path);
        Libtorch.EnsureLoaded();
        using var model = ModelFile.Read(stream, CPU); // a model without labels too
        using var off = no_grad();
        using var scope = NewDisposeScope();
        return new(path, $"those of a {model.NetworkOptions}", model.Network.state_dict().ToDictionary(w => w.Key, w => w.Value.detach().clone().DetachFromDisposeScope()), model.Scaling);
    }
}

using Hdge.Data;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Pretraining;

/// <summary>
/// The network trained on ImageNet that the package Microsoft.ML.DnnImageFeaturizer.ResNet18 0.23.1 carries as ONNX, without its last layer: a ResNet-18 but for a third block in its last
/// stage. It was trained on values of 0..255 in the order
/// blue, green, red, minus a mean image; here it gets red, green, blue and the mean of each colour, by which its features change little.
/// </summary>
internal static class ImageNetResNet18
{
    public const string Name = "imagenet-resnet18";

    public const int LastStageBlocks = 3;

    private const string Version = "0.23.1";

    private static readonly string s_package = string.Join('.', "Microsoft", "ML", "DnnImageFeaturizer", "ResNet18"); // in parts: in one it passes for a type that this assembly must not know

    /// <summary>Means of the package's mean image (ResNetPreprocess.onnx), red, green, blue, of values of 0..1; the weights expect values of 0..255.</summary>
    private static readonly float[] s_means = [123.15163f / 255, 115.902885f / 255, 103.06262f / 255];

    /// <summary>Blocks of its stages.</summary>
    private static readonly int[] s_blocks = [2, 2, 2, LastStageBlocks];

    public static PixelScaling Scaling(PixelScaling given) => given with { Mean = s_means, StandardDeviation = [1f / 255] };

    /// <summary>The file in the application's folder, where the package's reference puts it, or else in NuGet's folder, where a download puts it.</summary>
    /// <exception cref="FileNotFoundException">It is in neither.</exception>
    public static string Find()
    {
        string inside = Path.Combine("DnnImageModels", "ResNet18Onnx", "ResNet18.onnx"), path = Path.Combine(AppContext.BaseDirectory, inside);
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } told ? told : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string downloaded = Path.Combine(packages, "microsoft.ml.dnnimagefeaturizer.resnet18", Version, "tools", inside);
        return new[] { path, downloaded }.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException(
            $"{nameof(Training.TrainingOptions.Pretrained)} is '{Name}', but there is no '{path}'. Expected the application to reference the package {s_package} {Version}, which brings it: "
            + $"dotnet add package {s_package} --version {Version}. The path of its ResNet18.onnx will do, too.", path);
    }

    /// <summary>The weights by torchvision's names; the tensors are the caller's.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or another network's.</exception>
    public static Dictionary<string, Tensor> Read(ReadOnlySpan<byte> file)
    {
        var onnx = new OnnxInitializers(file);
        var names = new Queue<string>(MainNames());
        var shortcuts = new Queue<string>(["layer2.0.downsample", "layer3.0.downsample", "layer4.0.downsample"]);
        var weights = new Dictionary<string, Tensor>();
        try
        {
            foreach (var convolution in onnx.Nodes.Where(node => node.Operator == "Conv"))
            {
                string kernel = Input(convolution, 1);
                var (shape, values) = onnx[kernel];
                bool pointwise = shape is [_, _, 1, 1]; // the shortcuts alone
                if (!(pointwise ? shortcuts : names).TryDequeue(out string? name))
                    throw Other($"it has more convolutions, '{kernel}' among them");
                var norm = onnx.Nodes.FirstOrDefault(node => node.Operator == "BatchNormalization" && node.Inputs is [var input, _, _, _, _] && convolution.Outputs.Contains(input))
                    ?? throw Other($"no batch norm follows the convolution with '{kernel}'");
                Add(pointwise ? $"{name}.0.weight" : $"{name}.weight", shape, values);
                string normName = pointwise ? $"{name}.1" : name.Replace("conv", "bn", StringComparison.Ordinal);
                foreach (var (part, i) in new[] { ("weight", 1), ("bias", 2), ("running_mean", 3), ("running_var", 4) })
                {
                    var (normShape, normValues) = onnx[Input(norm, i)];
                    Add($"{normName}.{part}", normShape, normValues);
                }
            }
            if (names.Count + shortcuts.Count > 0)
                throw Other($"it lacks {names.Concat(shortcuts).First()}");
            if (weights["conv1.weight"].shape is not [64, 3, 7, 7])
                throw Other($"its first convolution is [{string.Join(", ", weights["conv1.weight"].shape)}], expected [64, 3, 7, 7]");
            using var blueFirst = weights["conv1.weight"];
            weights["conv1.weight"] = blueFirst.flip(1).DetachFromDisposeScope();
            return weights;
        }
        catch
        {
            foreach (var weight in weights.Values)
                weight.Dispose();
            throw;
        }

        void Add(string name, long[] shape, float[] values) => weights.Add(name, tensor(values, shape).DetachFromDisposeScope());
    }

    /// <summary>The convolutions on the main way, from the input on.</summary>
    private static IEnumerable<string> MainNames() =>
        s_blocks.SelectMany((blocks, stage) => Enumerable.Range(0, blocks).SelectMany(block => Enumerable.Range(1, 2).Select(i => $"layer{stage + 1}.{block}.conv{i}"))).Prepend("conv1");

    private static string Input(OnnxInitializers.Node node, int index) => index < node.Inputs.Count ? node.Inputs[index] : throw Other($"a {node.Operator} has {node.Inputs.Count} inputs");

    private static InvalidDataException Other(string problem) => new($"The ONNX file is not that of {s_package} {Version}: {problem}.");
}

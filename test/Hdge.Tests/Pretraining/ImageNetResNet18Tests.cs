using Hdge.Networks;
using Hdge.Pretraining;
using Hdge.Training;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hdge.Tests.Pretraining;

/// <summary>The network that Microsoft.ML.DnnImageFeaturizer.ResNet18 carries, against ONNX Runtime.</summary>
public class ImageNetResNet18Tests
{
    private static readonly ImageShape s_shape = new(3, 224, 224);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "DnnImageModels");

    /// <summary>Bytes in, features out: scaling, colours in their order, enlarging and every layer.</summary>
    [Fact]
    public void BytesGiveTheFeaturesThatOnnxRuntimeGives()
    {
        var (small, large) = Images();
        using var weights = PretrainedWeights.Read("ImageNet-ResNet18");
        var scaling = weights.ScalingFor(new ResNet18Options(), s_shape, large, new PixelScaling { Scale = 3 });
        Assert.Equal(3, scaling.Scale);
        Assert.Equal(new ResNet18Options { InputSize = 224, LastStageBlocks = 3 }, weights.NetworkFor(new ResNet18Options { InputSize = 224 }));
        float[] expected = OnnxRuntime(large, scaling), enlarged = OnnxRuntime(small, scaling);
        foreach (var (images, answer) in new[] { (large, expected), (small, enlarged) })
        {
            var network = weights.NetworkFor(new ResNet18Options { InputSize = images.Shape.Height < 224 ? 224 : null }).Create(images.Shape, 10, seed: 1);
            weights.CopyTo(network);
            using var model = new HdgeModel(network, scaling, CPU);
            var (_, features) = model.LogitsAndFeatures(images, CancellationToken.None);
            using (features)
            {
                float[] given = features.data<float>().ToArray();
                Assert.Equal(answer.Length, given.Length);
                Assert.True(answer.Max() > 1);
                Assert.True(given.Zip(answer).Max(pair => Math.Abs(pair.First - pair.Second)) < 1e-4, "the features are others");
            }
        }
    }

    /// <summary>The package's own preparation of an image turns red, green, blue into blue, green, red and takes off a mean image, whose means ours are.</summary>
    [Fact]
    public void TheMeansAreThoseOfThePackagesMeanImage()
    {
        var prepared = new OnnxInitializers(File.ReadAllBytes(Path.Combine(Folder, "ResNetPrepOnnx", "ResNetPreprocess.onnx")));
        var (shape, values) = prepared["MeanImage"];
        Assert.Equal([1, 3, 224, 224], shape);
        Assert.Equal(["BInp", "GInp", "RInp"], prepared.Nodes.Single(n => n.Operator == "Concat").Inputs);
        double[] means = [.. values.Chunk(224 * 224).Select(plane => plane.Average(v => (double)v)).Reverse()];
        var ours = ImageNetResNet18.Scaling(new());
        Assert.Equal(1 / 255f, ours.StandardDeviation.Single());
        for (int c = 0; c < 3; c++)
            Assert.Equal(means[c] / 255, ours.Mean[c], 1e-6);
    }

    [Fact]
    public void OtherOnnxFilesAreRefused()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(Folder, "ResNet18Onnx", "ResNet18.onnx"));
        Says("are left", file[..(file.Length / 2)]);
        Says("lacks conv1", OnnxFile.Model(OnnxFile.Field(2, "none")));
        Says("no batch norm follows", OnnxFile.Model(OnnxFile.Tensor("w", [1, 1, 3, 3], new float[9]), OnnxFile.Node("Conv", ["x", "w"], ["y"])));
        Says("a Conv has 1 inputs", OnnxFile.Model(OnnxFile.Node("Conv", ["x"], ["y"])));
        var shortcuts = Enumerable.Range(0, 4).SelectMany(i => new[] { OnnxFile.Node("Conv", [$"x{i}", "w"], [$"y{i}"]), OnnxFile.Node("BatchNormalization", [$"y{i}", "v", "v", "v", "v"], [$"z{i}"]) });
        Says("more convolutions", OnnxFile.Model([OnnxFile.Tensor("w", [1, 1, 1, 1], [1]), OnnxFile.Tensor("v", [1], [1]), .. shortcuts]));

        static void Says(string part, byte[] file) => Assert.Contains(part, Assert.Throws<InvalidDataException>(() => ImageNetResNet18.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherNetworksAreRefused()
    {
        var images = ImageSet.FromBytes(new(3, 32, 32), new byte[4 * 3072], [0, 1, 0, 1], 2);
        Says("those of a ResNet-18 (blocks 2-2-2-3), but Network is a WRN-10-1", new WideResNetOptions());
        Says("'layer1.0.conv1.weight' as [64, 64, 3, 3], expected [64, 64, 1, 1]", new ResNet50Options());
        Says("'conv1.weight' as [64, 3, 7, 7], expected [64, 3, 3, 3]", new ResNet18Options { SmallImages = true });
        Says("lack 'layer4.3.conv1.weight'", new ResNet18Options { LastStageBlocks = 4 });

        void Says(string part, NetworkOptions network) => Assert.Contains(part,
            Assert.Throws<ArgumentException>(() => ModelTrainer.Train(images, new TrainingOptions { Network = network, Pretrained = ImageNetResNet18.Name, Device = "cpu" })).Message, StringComparison.Ordinal);
    }

    private static (ImageSet Small, ImageSet Large) Images()
    {
        var random = new Random(5);
        var (small, large) = (new byte[2 * 3 * 32 * 32], new byte[2 * s_shape.Length]);
        random.NextBytes(small);
        // Fields of colour: noise alone says little to such a network.
        for (int i = 0; i < large.Length; i++)
            large[i] = (byte)Math.Clamp(128 + 100 * Math.Sin(i % 224 / 20.0 + i / 50176) + 60 * Math.Cos(i / 224 % 224 / 31.0) + random.Next(20), 0, 255);
        return (ImageSet.FromBytes(new(3, 32, 32), small, [0, 1], 10), ImageSet.FromBytes(s_shape, large, [2, 3], 10));
    }

    /// <summary>What the file's own graph makes of an image of 0..255, blue first, minus the means.</summary>
    private static float[] OnnxRuntime(ImageSet images, PixelScaling scaling)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(Path.Combine(Folder, "ResNet18Onnx", "ResNet18.onnx"), options);
        var features = new List<float>();
        for (int n = 0; n < images.Count; n++)
        {
            using var scope = NewDisposeScope();
            int side = images.Shape.Height;
            var pixels = tensor([.. images.Bytes(n).ToArray().Select(b => (float)b)], [1, 3, side, side]);
            var enlarged = side == 224 ? pixels : nn.functional.interpolate(pixels, [224, 224], mode: InterpolationMode.Bilinear, align_corners: false);
            var input = (enlarged - tensor([.. scaling.Mean.Select(m => 255 * m)], [1, 3, 1, 1])).flip(1).contiguous();
            using var result = session.Run([NamedOnnxValue.CreateFromTensor("Input247", new DenseTensor<float>(input.data<float>().ToArray(), [1, 3, 224, 224]))]);
            features.AddRange(result[0].AsTensor<float>());
        }
        return [.. features];
    }
}

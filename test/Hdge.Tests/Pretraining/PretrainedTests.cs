using System.Text;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Persistence;
using Hdge.Training;

namespace Hdge.Tests.Pretraining;

public sealed class PretrainedTests : IDisposable
{
    private static readonly ImageSet s_train = SmallImages.Patterns(90);
    private static readonly TrainingOptions s_options = SmallImages.Quick with { Epochs = 1, Objective = new CrossEntropyOptions(), BackboneLearningRateFactor = 0, DensityGauge = DensityGauge.Raw };

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string this[string name] => Path.Combine(_folder, name);

    [Fact]
    public void AModelGoesOnWithItsHeadAndItsScaling()
    {
        using var first = Train(s_options with { Epochs = 4, LearningRate = 0.2, BackboneLearningRateFactor = 1, Scaling = new() { Mean = [0.3f], StandardDeviation = [0.2f] } });
        first.Save(this["first.hdge"]);
        using var next = Train(s_options with { Pretrained = this["first.hdge"], Freeze = Freeze.Backbone, LearningRate = 1e-12, Scaling = new() { Scale = 2 } });
        Assert.Equal(new PixelScaling { Scale = 2, Mean = [0.3f], StandardDeviation = [0.2f] }.ToString(), next.Scaling.ToString());
        Assert.Equal(first.Logits(s_train), next.Logits(s_train)); // bytes know no factor
        Assert.Contains("go with a scaling of their own", Assert.Throws<ArgumentException>(() =>
            Train(s_options with { Pretrained = this["first.hdge"], Scaling = new() { Mean = [0.4f] } })).Message, StringComparison.Ordinal);
        using var same = Train(s_options with { Pretrained = this["first.hdge"], Scaling = first.Scaling });
        Assert.Equal(first.Scaling.ToString(), same.Scaling.ToString());
    }

    [Fact]
    public void OtherClassesGetANewHeadAndOtherSizesTheSameWeights()
    {
        using var first = Train(s_options);
        first.Save(this["first.hdge"]);
        var two = SmallImages.Patterns(60, shape: new ImageShape(1, 12, 9));
        var fewer = ImageSet.FromBytes(two.Shape, two.Bytes(0, 60).ToArray(), [.. two.Labels.ToArray().Select(label => label % 2)], 2);
        using var next = ModelTrainer.Train(fewer, s_options with { Pretrained = this["first.hdge"], LearningRate = 1e-12, Seed = 8 });
        using var fresh = s_options.Network.Create(fewer.Shape, 2, Hdge.Data.Seeds.Mix(8, SeedStream.NetworkWeights));
        Assert.Equal((2, fewer.Shape), (next.ClassCount, next.InputShape));
        foreach (var (name, weight) in next.Network.state_dict().Where(w => !w.Key.Contains("running", StringComparison.Ordinal) && w.Value.dim() > 0))
        {
            var expected = name.StartsWith("linear.", StringComparison.Ordinal) ? fresh.state_dict()[name] : first.Network.state_dict()[name];
            Assert.True((weight - expected).abs().max().item<float>() < 1e-6, name);
        }
    }

    [Fact]
    public void SafetensorsOfOthersAreTaken()
    {
        var options = new ResNet18Options { SmallImages = true };
        var colours = SmallImages.Patterns(30, shape: new ImageShape(3, 9, 9));
        using (var network = options.Create(colours.Shape, 1000, seed: 3))
        {
            var weights = network.state_dict();
            foreach (string counter in weights.Keys.Where(name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal)).ToList())
                weights.Remove(counter); // as in files of before PyTorch 0.4
            using var file = new MemoryStream();
            Safetensors.Write(weights, file);
            File.WriteAllBytes(this["resnet.safetensors"], WithMetadata(file.ToArray(), """{"format":"pt","of":{"any":[1]}}"""));
            var first = network.state_dict()["layer1.0.conv1.weight"].data<float>().ToArray();
            var quick = s_options with { Network = options, Pretrained = this["resnet.safetensors"], BatchSize = 30, LearningRate = 1e-9, ValidationFraction = 0 };
            using var model = ModelTrainer.Train(colours, quick);
            Assert.Equal(first, model.Network.state_dict()["layer1.0.conv1.weight"].data<float>().ToArray());
            Assert.Equal([0.485f, 0.456f, 0.406f], model.Scaling.Mean);
            Assert.Equal([0.229f, 0.224f, 0.225f], model.Scaling.StandardDeviation);
            using var given = ModelTrainer.Train(colours, quick with { Scaling = new() { Mean = [0.1f] } });
            Assert.Equal([0.1f], given.Scaling.Mean);
            Assert.Equal([0.5f], given.Scaling.StandardDeviation);

            weights["head.weight"] = weights["fc.weight"];
            Write(weights);
            Assert.Contains("have 'head.weight', which it lacks", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(colours, quick)).Message, StringComparison.Ordinal);
            weights.Remove("head.weight");
            weights.Remove("layer3.1.bn2.running_var");
            Write(weights);
            Assert.Contains("lack 'layer3.1.bn2.running_var' [256]", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(colours, quick)).Message, StringComparison.Ordinal);
            weights["conv1.weight"] = full(weights["conv1.weight"].shape, float.NaN);
            Write(weights);
            Assert.Contains("'conv1.weight' holds a number that is not finite", Assert.Throws<InvalidDataException>(() => ModelTrainer.Train(colours, quick)).Message, StringComparison.Ordinal);
        }

        void Write(Dictionary<string, Tensor> weights)
        {
            using var file = File.Create(this["resnet.safetensors"]);
            Safetensors.Write(weights, file);
        }
    }

    [Fact]
    public void WhatIsNoFileOfWeightsIsNamed()
    {
        File.WriteAllText(this["a.safetensors"], "no weights at all, not one");
        File.WriteAllText(this["a.onnx"], "no weights at all");
        File.WriteAllText(this["a.hdge"], "no weights at all, not one, nothing of the kind");
        File.WriteAllText(this["a.zip"], "no weights at all, not one, nothing of the kind");
        File.WriteAllText(this["a.pth"], "no weights at all, not one, nothing of the kind");
        foreach (string name in new[] { "a.safetensors", "a.onnx", "a.hdge", "a.zip", "a.pth" })
            Assert.Contains(this[name], Assert.Throws<InvalidDataException>(() => Train(s_options with { Pretrained = this[name] })).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => Train(s_options with { Pretrained = this["none.hdge"] })).Message, StringComparison.Ordinal);
        foreach (string name in new[] { "imagenet-resnet50", this["a.txt"] })
            Assert.Contains("expected 'imagenet-resnet18' or the path", Assert.Throws<ArgumentException>(() => Train(s_options with { Pretrained = name })).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<FileNotFoundException>(() => Train(s_options with { Pretrained = this["resnet18-f37072fd.pth"] })).Message, StringComparison.Ordinal);
        Assert.Contains("Pretrained is ", Assert.Throws<ArgumentOutOfRangeException>(() => Train(s_options with { Pretrained = " " })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLogTellsWhereImagesAreTooSmallForImageNetsWeights()
    {
        using (var network = new ResNet18Options().Create(new(3, 32, 32), 3, seed: 1))
        using (var file = File.Create(this["w.safetensors"]))
            Safetensors.Write(network.state_dict(), file);
        var images = SmallImages.Patterns(12, shape: new ImageShape(3, 32, 32));
        var log = new List<string>();
        ModelTrainer.Train(images, s_options with { Network = new ResNet18Options(), Pretrained = this["w.safetensors"], Freeze = Freeze.Backbone }, new TrainingCallbacks { Log = log.Add }).Dispose();
        Assert.Contains(log, line => line.Contains("as 32x32 pixels", StringComparison.Ordinal) && line.Contains("InputSize", StringComparison.Ordinal));
        log.Clear();
        ModelTrainer.Train(images, s_options with { Network = new ResNet18Options { InputSize = 64 }, Pretrained = this["w.safetensors"], Freeze = Freeze.Backbone }, new TrainingCallbacks { Log = log.Add }).Dispose();
        Assert.DoesNotContain(log, line => line.Contains("InputSize", StringComparison.Ordinal));
    }

    private static HdgeModel Train(TrainingOptions options) => ModelTrainer.Train(s_train, options);

    private static byte[] WithMetadata(byte[] file, string metadata)
    {
        int length = (int)BitConverter.ToInt64(file);
        byte[] header = [.. Encoding.UTF8.GetBytes($"{{\"__metadata__\":{metadata},"), .. file[9..(8 + length)]];
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. file[(8 + length)..]];
    }
}

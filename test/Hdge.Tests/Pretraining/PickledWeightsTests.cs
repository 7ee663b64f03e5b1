using Hdge.Networks;
using Hdge.Pretraining;
using Hdge.Training;

namespace Hdge.Tests.Pretraining;

/// <summary>Files that PyTorch has written: Pickled/make.py tells what is in them.</summary>
public sealed class PickledWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Pretraining", "Pickled", name);

    [Fact]
    public void AStateDictGivesItsNumbersWhateverTheirWidth()
    {
        using var scope = NewDisposeScope();
        var weights = PickledWeights.Read(Path("plain.pth"));
        Assert.Equal(["hidden.0.bias", "hidden.0.weight", "linear.bias", "linear.weight"], weights.Keys.Order(StringComparer.Ordinal));
        Assert.All(weights.Values, w => Assert.Equal(ScalarType.Float32, w.dtype));
        Assert.Equal([6, 4], weights["hidden.0.weight"].shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => i / 10f), weights["hidden.0.weight"].data<float>().ToArray());
        Assert.Equal(Enumerable.Range(0, 6).Select(i => i / 4f), weights["hidden.0.bias"].data<float>().ToArray());
        Assert.Equal(Enumerable.Range(0, 18).Select(i => i / 8f), weights["linear.weight"].data<float>().ToArray());
        Assert.Equal([0.5f, -1, 2], weights["linear.bias"].data<float>().ToArray());
        foreach (var weight in weights.Values)
            weight.Dispose();
    }

    [Fact]
    public void ANetworkStartsFromThem()
    {
        var vectors = ImageSet.FromSingles(ImageShape.Vector(4), [.. Enumerable.Range(0, 60 * 4).Select(i => i * 37 % 11 / 11f)], [.. Enumerable.Range(0, 60).Select(i => i % 3)], 3);
        var options = SmallImages.Quick with { Network = new FeatureNetworkOptions { Hidden = [6], Normalization = Normalization.None }, Pretrained = Path("plain.pth"), Freeze = Freeze.Backbone, Epochs = 1 };
        using var model = ModelTrainer.Train(vectors, options);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => i / 10f), model.Network.state_dict()["hidden.0.weight"].data<float>().ToArray());
        Assert.Equal(Enumerable.Range(0, 6).Select(i => i / 4f), model.Network.state_dict()["hidden.0.bias"].data<float>().ToArray());
    }

    [Theory]
    [InlineData("before-1.6.pth", "no plain state dict")]
    [InlineData("code.pth", "posix.system")]
    [InlineData("checkpoint.pth", "is no tensor, but ")]
    [InlineData("parameter.pth", "state_dict")]
    [InlineData("view.pth", "no plain state dict")]
    [InlineData("list.pth", "no plain state dict")]
    [InlineData("nan.pth", "'linear.bias' holds a number that is not finite")]
    public void OtherThingsAreRefusedAndNoneOfTheirCodeRuns(string name, string expected)
    {
        string before = Environment.CurrentDirectory;
        var error = Assert.Throws<InvalidDataException>(() => PretrainedWeights.Read(Path(name)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(Path(name), error.Message, StringComparison.Ordinal);
        Assert.True(name == "nan.pth" || error.Message.Contains("safetensors.torch.save_file", StringComparison.Ordinal));
        Assert.False(File.Exists(System.IO.Path.Combine(before, "hdge-ran-the-code-of-a-file")));
    }

    [Fact]
    public void ADamagedFileIsRefusedOrReadAndNeverMore()
    {
        byte[] whole = File.ReadAllBytes(Path("plain.pth"));
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = whole[..(i % 3 == 0 ? random.Next(whole.Length) : whole.Length)];
            for (int n = 0; n < 3 && bytes.Length > 0; n++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            string path = System.IO.Path.Combine(_folder, "damaged.pth");
            File.WriteAllBytes(path, bytes);
            try
            {
                PretrainedWeights.Read(path).Dispose();
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.True(refused > 150);
    }
}

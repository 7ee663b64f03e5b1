using Hdge.Cli.Training;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Tests;

public sealed class PretrainedTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Names_give_networks_weights_and_what_is_frozen()
    {
        var options = new TrainSettings { Objective = "in-batch", Dataset = "d", Network = "ResNet18", InputSize = 112, Pretrained = "imagenet-resnet18", Freeze = Freeze.Stage2 }.ToOptions();
        Assert.Equal((new ResNet18Options { InputSize = 112 }, "imagenet-resnet18", Freeze.Stage2), (options.Network, options.Pretrained, options.Freeze));
        Assert.Equal(new ResNet50Options { SmallImages = true }, new TrainSettings { Objective = "hdge", Dataset = "d", Network = "resnet-50-small" }.ToOptions().Network);
        Assert.Equal(new ResNet18Options { SmallImages = true }, new TrainSettings { Objective = "hdge", Dataset = "d", Network = "resnet-18-small" }.ToOptions().Network);
        Assert.Equal(Freeze.None, new TrainSettings { Objective = "hdge", Dataset = "d" }.ToOptions().Freeze);
        Assert.Contains("--input-size is 64", Assert.Throws<ArgumentException>(() => new TrainSettings { Objective = "hdge", Dataset = "d", InputSize = 64 }.ToOptions()).Message, StringComparison.Ordinal);
        Assert.Contains("resnet-18 or resnet-50", Assert.Throws<ArgumentException>(() => new TrainSettings { Objective = "hdge", Dataset = "d", Network = "resnet-34" }.ToOptions()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_goes_on_from_a_model_with_frozen_layers()
    {
        string data = Photos();
        Assert.Equal(0, Run("--out", _files["first"]).Exit);
        var (exit, _, errors) = Run("--out", _files["next"], "--pretrained", _files["first/model.hdge"], "--freeze", "backbone");
        Assert.Equal((0, ""), (exit, errors));
        using var first = HdgeModel.Load(_files["first/model.hdge"], "cpu");
        using var next = HdgeModel.Load(_files["next/model.hdge"], "cpu");
        Assert.Equal(Weight(first, "layer1.0.conv1.weight"), Weight(next, "layer1.0.conv1.weight"));
        Assert.NotEqual(Weight(first, "linear.weight"), Weight(next, "linear.weight"));
        var wrong = Run("--out", _files["wrong"], "--freeze", "all");
        Assert.Equal(2, wrong.Exit);
        Assert.Contains("--freeze is 'all', expected none, stem, stage1, stage2, stage3, backbone", wrong.Errors, StringComparison.Ordinal);
        wrong = Run("--out", _files["wrong"], "--freeze", "stem");
        Assert.Equal(2, wrong.Exit);
        Assert.Contains("Pretrained names no weights", wrong.Errors, StringComparison.Ordinal);

        (int Exit, string Output, string Errors) Run(params string[] arguments) =>
            Terminal.Run(["train", "--objective", "in-batch", "--dataset", data, "--shape", "3x8x8", "--epochs", "1", "--device", "cpu", .. arguments]);
    }

    private static byte[] Weight(HdgeModel model, string name) => model.Network.state_dict()[name].contiguous().bytes.ToArray();

    private string Photos()
    {
        foreach (var (name, value) in new[] { ("dark", 30), ("light", 200) })
            for (int i = 0; i < 12; i++)
                _files.Photo(FormattableString.Invariant($"set/{name}/{i}.png"), 8, 8, (x, y) => new((byte)(value + i), (byte)(value + x), (byte)value));
        return _files["set"];
    }
}

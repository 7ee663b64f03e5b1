using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Tests;

/// <summary>Learning without labels on the command line.</summary>
public sealed class RepresentTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Three_ways_and_a_classifier_side_by_side()
    {
        string data = _files.Idx("data", 60, 30), other = _files.Idx("other", 0, 20, labels: false), folder = _files["out"];
        string[] command = ["represent", "--dataset", data, "--unknown", $"letters={other}", "--epochs", "1", "--seeds", "1", "--colors", "4", "--width", "8", "--device", "cpu", "--out", folder];
        Succeeds(command);
        string[] lines = File.ReadAllLines(Path.Combine(folder, "represent.md"));
        Assert.Equal(["gcrl, seed 0", "igpt, seed 0", "simclr, seed 0", "hdge, labels, seed 0"], lines.Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Select(l => l.Split('|')[1].Trim()).Skip(2));
        Assert.Contains("letters corrected", lines[2], StringComparison.Ordinal);
        var rows = JsonFile.Read<System.Text.Json.JsonElement>(Path.Combine(folder, "represent.json"));
        Assert.InRange(rows[0].GetProperty("auroc").GetProperty("letters").GetProperty("complexity-corrected").GetDouble(), 0, 1);
        Assert.Equal(2, rows[2].GetProperty("bitsPerPixel").GetDouble(), 1e-3); // simclr trains no likelihood: every of 4 colours is equally likely
        Assert.All(["samples-gcrl.png", "samples-igpt.png", "completions-gcrl.png", "completions-igpt.png"], name => Assert.True(File.Exists(Path.Combine(folder, name)), name));
        Assert.DoesNotContain("epochs of", Succeeds(command), StringComparison.Ordinal); // all rows are there
        Assert.Equal(lines, File.ReadAllLines(Path.Combine(folder, "represent.md")));
        Assert.Contains("Give another --out folder", Terminal.Run([.. command, "--test-limit", "10"]).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_labels_first_is_trained_evaluated_and_drawn_from()
    {
        string data = _files.Idx("data", 60, 30), run = _files["run"], eval = _files["eval"], png = _files["samples.png"];
        Succeeds("train", "--objective", "gcrl", "--dataset", data, "--epochs", "1", "--batch", "16", "--device", "cpu", "--out", run);
        string model = Path.Combine(run, "model.hdge");
        using (var loaded = HdgeModel.Load(model, "cpu"))
            Assert.IsType<PixelTransformerOptions>(loaded.NetworkOptions);
        string shown = Succeeds("evaluate", "--model", model, "--known", data, "--unknown", "interp", "--scores", "log-likelihood,complexity-corrected,energy", "--noise", "0", "--device", "cpu", "--out", eval);
        Assert.Contains("log-likelihood", shown, StringComparison.Ordinal);
        Succeeds("sample", "--model", model, "--count", "3", "--prompt", data, "--prompt-rows", "2", "--temperature", "0.9", "--device", "cpu", "--out", png);
        Assert.True(new FileInfo(png).Length > 100);
        Assert.Equal(ExitCodes.BadInput, Terminal.Run("sample", "--model", model, "--count", "3", "--prompt-rows", "2", "--device", "cpu", "--out", png).Exit);
    }

    [Fact]
    public void A_model_of_representations_is_exported()
    {
        string model = _files["representations.hdge"], onnx = _files["out/representations.onnx"];
        var images = ImageSet.FromBytes(new(1, 6, 6), [.. Enumerable.Range(0, 40 * 36).Select(i => (byte)(i * 37 % 256))], new int[40], 1);
        using (var trained = RepresentationTrainer.Train(images, TrainingPresets.GcrlFast with
        {
            Network = new PixelTransformerOptions { Colors = 4, Width = 8, Heads = 2, Blocks = 2 },
            Augmentation = new AugmentationOptions { CropPadding = 1, SecondView = new ViewAugmentationOptions { HorizontalFlip = false } },
            Epochs = 1,
            BatchSize = 16,
            Device = "cpu",
        }))
            trained.Save(model);
        Assert.Contains("Single", Succeeds("export", "--model", model, "--out", onnx, "--input", "byte"), StringComparison.Ordinal);
        Assert.True(new FileInfo(onnx).Length > 1000);
        Assert.Equal(ExitCodes.BadInput, Terminal.Run("export", "--model", model, "--out", onnx, "--precision", "int8").Exit);
    }

    [Fact]
    public void Each_name_is_its_half_of_the_objective()
    {
        static (int Views, bool Second) Of(string name)
        {
            var options = new TrainSettings { Objective = name, Dataset = "" }.ToOptions();
            Assert.IsType<PixelTransformerOptions>(options.Network);
            return (options.Objective.ViewCount, options.Augmentation.SecondView is not null);
        }
        Assert.Equal([(2, true), (1, false), (2, true)], new[] { "gcrl", "igpt", "simclr" }.Select(Of));
    }

    private static string Succeeds(params string[] args)
    {
        var (exit, output, errors) = Terminal.Run(args);
        Assert.True(exit == 0, output + errors);
        return output;
    }
}

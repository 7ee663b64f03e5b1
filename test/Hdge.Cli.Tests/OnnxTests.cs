using Hdge.Data;
using Hdge.MLNet.Onnx;

namespace Hdge.Cli.Tests;

/// <summary>export and compare-onnx.</summary>
public sealed class OnnxTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_model_is_exported_and_compared()
    {
        string data = _files.Idx("data", 90, 240), run = _files["run"], model = Path.Combine(run, "model.hdge"), single = _files["out/single.onnx"], int8 = _files["out/int8.onnx"];
        Succeeds("train", "--objective", "cross-entropy", "--dataset", data, "--epochs", "1", "--batch", "16", "--device", "cpu", "--out", run);
        Assert.Contains("Single", Succeeds("export", "--model", model, "--out", single), StringComparison.Ordinal);
        Assert.Contains("Int8", Succeeds("export", "--model", model, "--out", int8, "--precision", "int8", "--calibration", data, "--input", "byte"), StringComparison.Ordinal);
        Assert.True(new FileInfo(int8).Length < new FileInfo(single).Length / 2);

        string same = Succeeds("compare-onnx", "--model", model, "--onnx", single, "--known", data, "--unknown", "interp", "--threads", "1");
        Assert.Contains("240 images", same, StringComparison.Ordinal);
        Assert.Equal(["1.0000", "1.0000"], Numbers(same, "classes that agree"));
        Assert.Equal(["1.0000", "1.0000"], Numbers(same, "flags that agree"));
        foreach (string name in new[] { "accuracy", "ECE ", "AUROC, interp" })
            Assert.Single(Numbers(same, name).Distinct());
        Assert.True(double.Parse(Numbers(same, "LogDensity")[0], System.Globalization.CultureInfo.InvariantCulture) < 1e-5);
        // int8 takes bytes, and interpolated images are none.
        Assert.Contains("classes that agree", Succeeds("compare-onnx", "--model", model, "--onnx", int8, "--known", data), StringComparison.Ordinal);
        using var exported = HdgeOnnxModel.Load(int8);
        Assert.Equal(["0", "1", "2"], exported.ClassNames);
        Assert.Equal(IdxReader.Read(Path.Combine(data, "t10k-images-idx3-ubyte"), null).Shape, exported.InputShape);

        Refuses("--calibration is given", "export", "--model", model, "--out", single, "--calibration", data);
        Refuses("expected at least 200", "export", "--model", model, "--out", single, "--precision", "int8");
        Refuses("cannot be read", "compare-onnx", "--model", model, "--onnx", model, "--known", data);
    }

    private static string Succeeds(params string[] args)
    {
        var (exit, output, errors) = Terminal.Run(args);
        Assert.True(exit == 0, errors);
        return output;
    }

    private static void Refuses(string says, params string[] args)
    {
        var (exit, _, errors) = Terminal.Run(args);
        Assert.Equal(ExitCodes.BadInput, exit);
        Assert.Contains(says, errors, StringComparison.Ordinal);
    }

    private static string[] Numbers(string output, string row) => [.. output.Split('\n').First(line => line.Contains(row, StringComparison.Ordinal)).Split('│', '|').Select(cell => cell.Trim()).Where(cell => cell.Length > 0).Skip(1)];
}

using System.Text.Json;
using Hdge.Cli.Data;
using Hdge.Cli.Evaluation;
using Hdge.Data;

namespace Hdge.Cli.Tests;

public sealed class OpenOodTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    // Expected: the formulas of openood/evaluators/metrics.py in NumPy, on scikit-learn's curves.
    [Fact]
    public void Metrics_are_those_of_openood()
    {
        Close(new(0.8, 0.8, 0.840126050420168, 0.7557182400932401), OpenOodMetrics.Of([3, 2.5f, 2.5f, 2, 1.5f, 1, 0.5f, 0.5f, -1, 4], [2.5f, 1, 0, 0, -0.5f, -1, -2, 0.5f]));
        Close(new(0.7254166666666667, 0.65, 0.8014436120268412, 0.7266415909571146), OpenOodMetrics.Of(
            [.. Enumerable.Range(0, 40).Select(i => (float)Math.Floor(10 * Math.Sin(i * 1.7) + 4))], [.. Enumerable.Range(0, 30).Select(i => (float)Math.Floor(10 * Math.Sin(i * 2.3 + 1) - 2))]));
        Close(new(1, 0, 1, 1), OpenOodMetrics.Of([2, 3], [0, 1]));
        Close(new(0.25, 0.5, 0.5, 0.25), OpenOodMetrics.Mean([new(0, 1, 0, 0), new(0.5, 0, 1, 0.5)]));

        static void Close(OpenOodMetrics expected, OpenOodMetrics found) => Assert.Equal(
            [expected.Auroc, expected.FalsePositiveRate, expected.AuprIn, expected.AuprOut], new[] { found.Auroc, found.FalsePositiveRate, found.AuprIn, found.AuprOut }, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Sets_are_found_brought_to_the_shape_and_missing_ones_named()
    {
        _files.Cifar("sets/cifar100_test.bin", 2, 0, 1, 2);
        _files.Cifar("sets/svhn.bin", 1, 0, 1);
        File.Move(Path.Combine(_files.Idx("sets/mnist", 0, 4), "t10k-labels-idx1-ubyte"), _files["gone"]); // labels need not be there
        _files.Photo("sets/Textures/banded/a.png", 10, 8, (_, _) => new(10, 20, 30));
        _files.Photo("sets/Textures/dotted/b.png", 8, 8, (_, _) => new(40, 50, 60));
        _files.Cifar("sets/svhnx.bin", 1, 0); // another name
        var shape = CifarReader.Shape;
        var sets = OpenOodSets.Read(_files["sets"], shape, null);
        Assert.Equal([("cifar100", "near", 3), ("mnist", "far", 4), ("svhn", "far", 2), ("texture", "far", 2)], sets.Found.Select(s => (s.Name, s.Group, s.Data.Count)));
        Assert.Equal(["tin", "places365"], sets.Missing);
        Assert.All(sets.Found, s => Assert.Equal(shape, s.Data.Shape));
        byte[] digit = sets.Found[1].Data.Bytes(0).ToArray();
        Assert.Equal(digit[..1024], digit[1024..2048]); // grey: the same in every channel
        Assert.Equal(digit[..1024], digit[2048..]);
        byte[] texture = sets.Found[3].Data.Bytes(0).ToArray();
        Assert.All(texture[..1024], v => Assert.InRange(v, 9, 11));
        Assert.All(texture[2048..], v => Assert.InRange(v, 29, 31));
        Assert.Equal(1, OpenOodSets.Read(_files["sets"], shape, 1).Found[0].Data.Count);

        _files.Cifar("sets/svhn_first.bin", 1, 0);
        Assert.Contains("svhn more than once: svhn.bin, svhn_first.bin", Assert.Throws<InvalidDataException>(() => OpenOodSets.Read(_files["sets"], shape, null)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_files["empty"]);
        Assert.Contains("none of cifar100, tin, mnist, svhn, texture, places365", Assert.Throws<InvalidDataException>(() => OpenOodSets.Read(_files["empty"], shape, null)).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => OpenOodSets.Read(_files["nowhere"], shape, null));
    }

    [Fact]
    public void The_protocol_is_run_from_the_command_line()
    {
        string data = _files.Idx("data", 120, 60), run = _files["run"], eval = _files["eval"], model = Path.Combine(run, "model.hdge");
        Succeeds("train", "--objective", "in-batch", "--dataset", data, "--epochs", "1", "--batch", "16", "--device", "cpu", "--out", run);
        _files.Cifar("sets/cifar100.bin", 2, [.. Enumerable.Range(0, 20)]);
        _files.Idx("sets/mnist", 0, 30);
        _files.Cifar("sets/svhn.bin", 1, [.. Enumerable.Range(0, 10)]);
        string[] evaluate = ["evaluate", "--model", model, "--known", data, "--protocol", "openood-cifar10", "--sets", _files["sets"], "--device", "cpu", "--out", eval];
        string shown = Succeeds(evaluate);
        Assert.Contains("tin, texture, places365", shown, StringComparison.Ordinal);
        var openOod = JsonDocument.Parse(File.ReadAllText(Path.Combine(eval, "evaluation.json"))).RootElement.GetProperty("openOod");
        Assert.Equal(["tin", "texture", "places365"], openOod.GetProperty("missing").EnumerateArray().Select(m => m.GetString()!));
        using var loaded = HdgeModel.Load(model, "cpu");
        float[] known = Densities(DataFolder.LoadTest(data, classCount: Files.Classes)), digits = Densities(DataFolder.LoadTest(_files["sets/mnist"])),
            numbers = Densities(FittedImages.Of(DataFolder.LoadTest(_files["sets/svhn.bin"]), loaded.InputShape, "svhn")); // without noise
        var (mnist, svhn) = (OpenOodMetrics.Of(known, digits), OpenOodMetrics.Of(known, numbers));
        var scores = openOod.GetProperty("scores").GetProperty("log-density");
        Assert.Equal(mnist.AuprOut, scores.GetProperty("mnist").GetProperty("auprOut").GetDouble(), 1e-12);
        Assert.Equal((mnist.FalsePositiveRate + svhn.FalsePositiveRate) / 2, scores.GetProperty("far").GetProperty("falsePositiveRate").GetDouble(), 1e-12);
        Assert.Equal(scores.GetProperty("cifar100").GetProperty("auroc").GetDouble(), scores.GetProperty("near").GetProperty("auroc").GetDouble(), 1e-12);

        string html = File.ReadAllText(Path.Combine(eval, "report.html"));
        Assert.Contains("OpenOOD: AUPR-out", html, StringComparison.Ordinal);
        Assert.Contains("leave-one-kind-out", html, StringComparison.Ordinal);
        Assert.Contains("leave-one-kind-out", shown, StringComparison.Ordinal);
        Refused("--noise", [.. evaluate, "--noise", "0.03"]);
        Refused("--unknown", [.. evaluate, "--unknown", "interp"]);
        Refused("belong together", [.. evaluate.Except(["--sets", _files["sets"]])]);
        Refused("'paper', expected openood-cifar10", [.. evaluate.Select(a => a == "openood-cifar10" ? "paper" : a)]);

        float[] Densities(ImageSet images) => loaded.Score(images).LogDensity;
    }

    private static string Succeeds(params string[] arguments)
    {
        var (exit, output, errors) = Terminal.Run(arguments);
        Assert.Equal((0, ""), (exit, errors));
        return output;
    }

    private static void Refused(string message, params string[] arguments)
    {
        var (exit, _, errors) = Terminal.Run(arguments);
        Assert.Equal(ExitCodes.BadInput, exit);
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }
}

using System.Text.Json;
using Hdge.Cli.Research;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Cli.Tests;

public sealed class ResearchTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Rows_are_written_gone_on_with_and_a_killed_runs_half_line_is_cut_off()
    {
        string data = _files.Idx("data", 200, 60), other = _files.Idx("other", 0, 30, labels: false), folder = _files["out"], file = Path.Combine(folder, "runs.jsonl");
        string first = Run("cross-entropy", "1");
        Assert.Contains("cross-entropy, seed 0: ", first, StringComparison.Ordinal);
        string line = Assert.Single(File.ReadAllLines(file));
        var run = JsonDocument.Parse(line).RootElement;
        Assert.Equal(("cross-entropy", 0), (run.GetProperty("row").GetString(), run.GetProperty("seed").GetInt32()));
        Assert.Equal(["letters", "interp"], run.GetProperty("auroc").EnumerateObject().Select(p => p.Name));
        Assert.Contains("combination", run.GetProperty("auroc").GetProperty("letters").EnumerateObject().Select(p => p.Name));
        Assert.InRange(run.GetProperty("accuracy").GetDouble(), 0, 1);

        File.AppendAllText(file, line[..(line.Length / 2)]); // as a kill leaves it
        string next = Run("cross-entropy,in-batch+negatives", "2");
        Assert.DoesNotContain("cross-entropy, seed 0: ", next, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(file);
        Assert.Equal(line, lines[0]);
        Assert.Equal([("cross-entropy", 0), ("in-batch+negatives", 0), ("cross-entropy", 1), ("in-batch+negatives", 1)],
            lines.Select(l => JsonDocument.Parse(l).RootElement).Select(r => (r.GetProperty("row").GetString()!, r.GetProperty("seed").GetInt32())));
        string table = File.ReadAllText(Path.Combine(folder, "research.md"));
        double[] accuracies = [.. lines.Select(l => JsonDocument.Parse(l).RootElement).Where(r => r.GetProperty("row").GetString() == "cross-entropy").Select(r => r.GetProperty("accuracy").GetDouble())];
        Assert.Contains(FormattableString.Invariant($"| cross-entropy | 2 | {accuracies.Average():F3} ± {Math.Abs(accuracies[0] - accuracies[1]) / 2:F3} |"), table, StringComparison.Ordinal);

        byte[] before = File.ReadAllBytes(file);
        Assert.DoesNotContain("seed", Run("cross-entropy,in-batch+negatives", "2"), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(file));
        Assert.Contains("in-batch+negatives, seed 0: ", Run("in-batch+negatives", "1", "--epochs", "2"), StringComparison.Ordinal); // other settings: another table
        Assert.Equal(2, File.ReadAllText(Path.Combine(folder, "research.md")).Split("Every score, mean over the sets.").Length - 1);

        string Run(string rows, string seeds, params string[] more)
        {
            var (exit, output, errors) = Terminal.Run(["research", "--train", data, "--unknown", $"letters={other},interp", "--rows", rows, "--seeds", seeds, "--device", "cpu", "--out", folder, .. more.Length > 0 ? more : ["--epochs", "1"]]);
            Assert.Equal((0, ""), (exit, errors));
            return output;
        }
    }

    [Fact]
    public void Parts_share_the_runs_and_a_spoilt_line_is_named()
    {
        string data = _files.Idx("data", 120, 30), other = _files.Idx("other", 0, 30, labels: false), folder = _files["out"];
        for (int part = 0; part < 2; part++)
            Assert.Equal(0, Run("--part", FormattableString.Invariant($"{part}/2")).Exit);
        Assert.Equal(["cross-entropy"], Rows("runs-0.jsonl"));
        Assert.Equal(["gce"], Rows("runs-1.jsonl"));
        Assert.All(["cross-entropy", "gce"], row => Assert.Contains($"| {row} | 1 |", File.ReadAllText(Path.Combine(folder, "research.md")), StringComparison.Ordinal));
        File.AppendAllText(Path.Combine(folder, "runs-1.jsonl"), "{}\n");
        Assert.Contains("Line 2 of '", Run().Errors, StringComparison.Ordinal);

        (int Exit, string Output, string Errors) Run(params string[] more) =>
            Terminal.Run(["research", "--train", data, "--unknown", $"letters={other}", "--rows", "cross-entropy,gce", "--seeds", "1", "--epochs", "1", "--device", "cpu", "--out", folder, .. more]);
        IEnumerable<string> Rows(string name) => File.ReadAllLines(Path.Combine(folder, name)).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("row").GetString()!);
    }

    [Fact]
    public void Rows_and_recipes_are_what_their_names_say()
    {
        MadeKind[] six = [MadeKind.Rotated, MadeKind.Jigsaw, MadeKind.Mixed, MadeKind.Pasted, MadeKind.Blurred, MadeKind.Smooth];
        Assert.Equal(six, Of("cross-entropy+made").Objective.DensityRatio!.Made);
        Assert.False(Of("cross-entropy+made").Objective.DensityRatio!.ShuffledFeatures);
        Assert.True(Of("gce+shuffled+made").Objective.DensityRatio!.ShuffledFeatures);
        Assert.Equal(six[..4], Of("cross-entropy+made-without:blurred.smooth").Objective.DensityRatio!.Made);
        Assert.Equal(six[1..], Assert.IsType<InBatchOptions>(Of("in-batch+negatives-without:rotated").Objective).Made);
        Assert.Equal([MadeKind.Salient], Of("cross-entropy+ascood").Objective.Uncertainty!.Made);
        Assert.Contains("behind in-batch or gce", Refused("cross-entropy+negatives"), StringComparison.Ordinal);
        Assert.Contains("the kind 'foggy', expected rotated", Refused("cross-entropy+made-without:foggy"), StringComparison.Ordinal);
        Assert.Contains("'waves' is unknown", Refused("cross-entropy+waves"), StringComparison.Ordinal);

        var plain = Settings();
        var tuned = ResearchRecipe.Of(plain with { InputSize = 48, Freeze = Freeze.Stage2 });
        Assert.Equal((new ResNet18Options { InputSize = 48 }, "imagenet-resnet18", Freeze.Stage2), (tuned.Network, tuned.Pretrained, tuned.Freeze));
        Assert.Equal(Freeze.Stage1, ResearchRecipe.Of(plain).Freeze);
        Assert.Equal(4, new[] { plain, plain with { InputSize = 48 }, plain with { Freeze = Freeze.Stem }, plain with { Pretrained = "a/w.onnx" } }.Select(s => s.Key()).Distinct().Count());
        Assert.Equal((plain with { Pretrained = "a/w.onnx" }).Key(), (plain with { Pretrained = "b/w.onnx" }).Key());

        static ResearchSettings Settings() => new() { Recipe = ResearchRecipe.FineTuned, Train = "train", Known = "known", Unknown = new Dictionary<string, string>() };
        static TrainingOptions Of(string row) => new ResearchRow(row).Apply(new());
        static string Refused(string row) => Assert.Throws<ArgumentException>(() => Of(row)).Message;
    }
}

using System.Globalization;
using System.Text.Json;
using Hdge.Cli.Data;
using Hdge.Data;
using SkiaSharp;

namespace Hdge.Cli.Tests;

/// <summary>A model trained on photographs in folders, and what it says of photographs, lists and files of many images.</summary>
public sealed class ScoreTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Photographs_from_training_to_scores()
    {
        // Three classes by colour; commas and quotes in names must survive CSV.
        foreach (var (name, color) in new[] { ("cat, \"wild\"", SKColors.Red), ("dog", SKColors.Green), ("emu", SKColors.Blue) })
            for (int i = 0; i < 16; i++)
                Photo(FormattableString.Invariant($"set/{(i < 12 ? "train" : "test")}/{name}/{i}.png"), color, i);
        string run = _files["run"], model = Path.Combine(run, "model.hdge"), test = _files["set/test"];
        Succeeds("train", "--objective", "cross-entropy", "--dataset", _files["set"], "--shape", "3x8x8", "--epochs", "2", "--batch", "12", "--device", "cpu", "--out", run);
        Assert.Equal(["cat, \"wild\"", "dog", "emu"], File.ReadAllLines(Path.Combine(run, "classes.txt")));

        // CSV on standard output: equal to the library's own scores of the same pixels.
        string[] lines = Succeeds("score", test, "--model", model, "--probabilities", "--device", "cpu").Split(Environment.NewLine);
        Assert.Equal("file,class,confidence,logDensity,detectionScore,inDistribution,\"probability_cat, \"\"wild\"\"\",probability_dog,probability_emu", lines[0]);
        string[] files = ImageFolder.Files(test);
        Assert.Equal(12, files.Length);
        Assert.Equal((files.Length + 2, ""), (lines.Length, lines[^1]));
        using var loaded = HdgeModel.Load(model, "cpu");
        var pixels = new byte[files.Length * loaded.InputShape.Length];
        new PhotoReader(loaded.InputShape, new()).Read(files, pixels);
        var scores = loaded.Score(ImageSet.FromBytes(loaded.InputShape, pixels, new int[files.Length], 3));
        string[] names = ["\"cat, \"\"wild\"\"\"", "dog", "emu"];
        for (int i = 0; i < files.Length; i++)
        {
            string file = files[i].Contains(',', StringComparison.Ordinal) ? $"\"{files[i].Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : files[i];
            string probabilities = string.Join(',', scores.CalibratedProbabilities.AsSpan(3 * i, 3).ToArray().Select(Text));
            Assert.Equal($"{file},{names[scores.PredictedClass[i]]},{Text(scores.Confidence[i])},{Text(scores.LogDensity[i])},{Text(scores.DetectionScore[i])},"
                + $"{(scores.IsInDistribution[i] ? "true" : "false")},{probabilities}", lines[i + 1]);
        }

        // JSON lines of a list, beside a damaged file.
        string damaged = _files["set/test/dog/damaged.png"], list = _files["list.csv"], json = _files["out/scores.jsonl"];
        File.WriteAllText(damaged, "no image");
        File.WriteAllText(list, "id,picture\n1,set/test/emu/15.png\n2,set/test/dog/damaged.png\n3,\"set/test/cat, \"\"wild\"\"/13.png\"\n");
        string[] score = ["score", list, "--column", "picture", "--model", model, "--out", json, "--device", "cpu"];
        var (exit, _, errors) = Terminal.Run(score);
        Assert.Equal(ExitCodes.BadInput, exit);
        Assert.Contains("damaged.png': it is no image", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_files["out"]));
        (exit, string output, errors) = Terminal.Run([.. score, "--skip-damaged"]);
        Assert.Equal(0, exit);
        Assert.Contains("2 images, 1 skipped", output, StringComparison.Ordinal);
        Assert.Contains("damaged.png': it is no image", errors, StringComparison.Ordinal);
        var rows = File.ReadAllLines(json).Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToArray();
        Assert.Equal(["set/test/emu/15.png", "set/test/cat, \"wild\"/13.png"], rows.Select(r => r.GetProperty("file").GetString()));
        int emu = Array.FindIndex(files, f => f.EndsWith("emu/15.png", StringComparison.Ordinal));
        Assert.Equal(scores.LogDensity[emu], rows[0].GetProperty("logDensity").GetSingle());
        Assert.Equal(["file", "class", "confidence", "logDensity", "detectionScore", "inDistribution"], rows[0].EnumerateObject().Select(p => p.Name));
        File.Delete(damaged);

        // A report with the folders' names; the list's column; what is no image's shape.
        Succeeds("report", "--model", model, "--known", _files["set"], "--unknown", "dogs=" + _files["set/test/dog"], "--out", _files["page/report.html"], "--title", "My animals", "--device", "cpu");
        string html = File.ReadAllText(_files["page/report.html"]);
        Assert.All(["My animals", "emu", "dogs", "AUROC"], part => Assert.Contains(part, html, StringComparison.Ordinal));
        Assert.DoesNotContain("class 0", html, StringComparison.Ordinal);
        Refused("has no column 'file' (--column), found id, picture", "score", list, "--model", model, "--device", "cpu");
        Refused("are 1x8x8, the model takes 3x8x8", "score", _files.Idx("grey", 0, 4, labels: false), "--model", model, "--device", "cpu");
        Refused("no images to score", "score", Directory.CreateDirectory(_files["nothing"]).FullName, "--model", model, "--device", "cpu");
        Refused("nowhere", "score", _files["nowhere"], "--model", model, "--device", "cpu");
        Refused("--format is 'xml'", "score", test, "--format", "xml", "--model", model, "--device", "cpu");
    }

    [Fact]
    public void Files_of_many_images_are_scored_by_their_numbers()
    {
        string data = _files.Idx("data", 60, 30), run = _files["run"], model = Path.Combine(run, "model.hdge");
        Succeeds("train", "--objective", "cross-entropy", "--dataset", data, "--epochs", "1", "--batch", "16", "--device", "cpu", "--out", run);
        string file = Path.Combine(data, "t10k-images-idx3-ubyte");
        string[] lines = Succeeds("score", data, file, "--model", model, "--device", "cpu").Split(Environment.NewLine);
        Assert.Equal(30 + 30 + 2, lines.Length);
        Assert.StartsWith($"{data}#29,", lines[30], StringComparison.Ordinal);
        Assert.Equal(lines[30].Replace($"{data}#", $"{file}#", StringComparison.Ordinal), lines[60]);
        using var loaded = HdgeModel.Load(model, "cpu");
        var scores = loaded.Score(DataFolder.LoadTest(data));
        Assert.Equal($"{data}#0,{scores.PredictedClass[0]},{Text(scores.Confidence[0])}", string.Join(',', lines[1].Split(',')[..3]));
        Refused("--shape is 3x8x8", "train", "--objective", "cross-entropy", "--dataset", data, "--shape", "3x8x8", "--out", _files["never"]);
    }

    private void Photo(string name, SKColor color, int seed)
    {
        var random = new Random(seed);
        _files.Photo(name, 12, 9, (x, y) => new((byte)(color.Red / 2 + random.Next(100)), (byte)(color.Green / 2 + random.Next(100)), (byte)(color.Blue / 2 + random.Next(100))));
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Succeeds(params string[] args)
    {
        var (exit, output, errors) = Terminal.Run(args);
        Assert.True(exit == 0, errors);
        return output;
    }

    private static void Refused(string message, params string[] args)
    {
        var (exit, _, errors) = Terminal.Run(args);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, exit);
    }
}

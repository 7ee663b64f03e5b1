using System.Text.Json;
using Hdge.Data;
using Hdge.Cli.Data;

namespace Hdge.Cli.Tests;

public sealed class EndToEndTests : IDisposable
{
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Train_then_evaluate()
    {
        string data = _files.Idx("data", 120, 60), other = _files.Idx("other", 0, 30, labels: false), run = _files["run"], eval = _files["eval"];
        string[] train = ["train", "--objective", "hdge", "--dataset", data, "--preset", "fast", "--seed", "3", "--epochs", "2", "--batch", "16", "--bank", "64", "--device", "cpu", "--out", run];
        Succeeds(train);
        using var model = HdgeModel.Load(Path.Combine(run, "model.hdge"), "cpu");
        var known = DataFolder.LoadTest(data, classCount: Files.Classes);
        var scores = model.Score(known);
        var metrics = Json(run, "metrics.json");
        double accuracy = Enumerable.Range(0, 60).Count(i => scores.PredictedClass[i] == i % Files.Classes) / 60.0;
        Assert.Equal(accuracy, metrics.GetProperty("test").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(2, metrics.GetProperty("epochs").GetArrayLength());
        Assert.Equal(2 * 7, metrics.GetProperty("steps").GetInt64()); // 108 of 120 images are trained on, in batches of 16
        Assert.Equal(64, metrics.GetProperty("options").GetProperty("objective").GetProperty("bankSize").GetInt32());
        Assert.True(metrics.GetProperty("stepMilliseconds").GetDouble() > 0);
        Assert.Equal(["metrics.json", "model-card.md", "model.hdge"], Directory.GetFiles(run).Select(Path.GetFileName).Order());

        byte[] before = File.ReadAllBytes(Path.Combine(run, "metrics.json"));
        Assert.Contains("finished already", Succeeds([.. train, "--resume"]), StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(run, "metrics.json")));
        Assert.Equal(ExitCodes.BadInput, Terminal.Run([.. train.Select(a => a == "3" ? "4" : a), "--resume"]).Exit);

        string shown = Succeeds("evaluate", "--model", Path.Combine(run, "model.hdge"), "--known", data, "--unknown", $"letters={other},interp", "--noise", "0",
            "--attack", "--attack-images", "6", "--attack-steps", "2", "--scores", "all", "--device", "cpu", "--out", eval);
        var evaluation = Json(eval, "evaluation.json");
        Assert.Equal(accuracy, evaluation.GetProperty("known").GetProperty("accuracy").GetDouble(), 1e-12);
        var unknown = model.Score(DataFolder.LoadTest(other));
        Assert.Equal(NaiveAuroc(scores, unknown), Auroc(evaluation, "letters", "log-density"), 1e-12);
        var interval = evaluation.GetProperty("summary").EnumerateArray().Single(n => n.GetProperty("name").GetString() == "AUROC, letters");
        Assert.Equal(Auroc(evaluation, "letters", "log-density"), interval.GetProperty("value").GetDouble());
        Assert.InRange(interval.GetProperty("value").GetDouble(), interval.GetProperty("low").GetDouble(), interval.GetProperty("high").GetDouble());
        Assert.NotEqual(Auroc(evaluation, "interp", "log-density"), Auroc(evaluation, "interp", "nearest-neighbors"));
        // Of 60 against 60 images two scores' AUROC may agree by chance, with another number of threads for example: all figures do not.
        Assert.NotEqual(Metrics(evaluation, "interp", "log-density").GetRawText(), Metrics(evaluation, "interp", "odin").GetRawText());
        Assert.Contains("HDGE (paper)", shown, StringComparison.Ordinal);
        string html = File.ReadAllText(Path.Combine(eval, "report.html"));
        Assert.All(["letters", "interp", "near", "PGD"], part => Assert.Contains(part, html, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Train_as_people_expect_it_and_report()
    {
        string data = _files.Idx("data", 120, 60), validation = _files.Idx("validation", 0, 60), run = _files["run"], events = _files["events"], report = _files["report.html"];
        string shown = Succeeds("train", "--objective", "in-batch", "--dataset", data, "--epochs", "2", "--batch", "16", "--validation", validation, "--patience", "5", "--class-weights", "balanced",
            "--label-smoothing", "0.1", "--mixup", "0.2", "--cutmix", "1", "--erasing", "0.5", "--randaugment", "2,9", "--log", events, "--device", "cpu", "--out", run);
        Assert.Contains("Training ended after 2 of 2 epochs", shown, StringComparison.Ordinal);
        using var model = HdgeModel.Load(Path.Combine(run, "model.hdge"), "cpu");
        Assert.Equal([40, 40, 40], model.Training!.TrainingImages);
        Assert.Equal([20, 20, 20], model.Training.HeldOutImages);
        Assert.Equal("0.2", model.Training.Options["Augmentation.Mixup"]);
        Assert.Equal(2 * 8, Json(run, "metrics.json").GetProperty("steps").GetInt64());
        Assert.Single(Directory.GetFiles(events, "events.out.tfevents.*"));
        string card = File.ReadAllText(Path.Combine(run, "model-card.md"));
        Assert.Contains("| Accuracy | ", card, StringComparison.Ordinal);
        Assert.Contains("| ClassWeights | Balanced |", card, StringComparison.Ordinal);
        Assert.Contains("How well unknown images are told apart: not measured.", card, StringComparison.Ordinal);

        Succeeds("report", "--model", Path.Combine(run, "model.hdge"), "--known", data, "--unknown", "interp", "--device", "cpu", "--out", report);
        string second = File.ReadAllText(_files["report-model-card.md"]);
        Assert.Contains("| AUROC, interp | ", second, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown images are told apart: not measured", second, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.BadInput, Terminal.Run(["train", "--objective", "jem", "--dataset", data, "--mixup", "0.2", "--normalization", "none", "--out", _files["none"]]).Exit);
    }

    [Fact]
    public void Ensembles_are_trained_scored_and_evaluated_and_samples_judged()
    {
        string data = _files.Idx("data", 120, 60), run = _files["run"], eval = _files["eval"], file = Path.Combine(run, "model.hdge"), png = _files["drawn.png"];
        string[] train = ["train", "--objective", "in-batch", "--dataset", data, "--epochs", "1", "--batch", "16", "--members", "2", "--calibration", "densitytemperature", "--device", "cpu", "--out", run];
        Succeeds(train);
        using var ensemble = HdgeEnsemble.Load(file, "cpu");
        Assert.Equal((2, "DensityTemperature"), (ensemble.Members.Count, ensemble.Calibrator.Method.Name));
        Assert.Equal(["metrics.json", "model-card.md", "model.hdge"], Directory.GetFiles(run).Select(Path.GetFileName).Order());
        Assert.Contains("An ensemble of 2 networks", File.ReadAllText(Path.Combine(run, "model-card.md")), StringComparison.Ordinal);
        Assert.Contains("finished already", Succeeds([.. train, "--resume"]), StringComparison.Ordinal);
        Succeeds("score", data, "--model", file, "--device", "cpu", "--out", _files["scores.csv"]);
        var scores = ensemble.Score(DataFolder.LoadTest(data, classCount: Files.Classes));
        string[] lines = File.ReadAllLines(_files["scores.csv"]);
        Assert.Equal("file,class,confidence,logDensity,detectionScore,inDistribution,disagreement", lines[0]);
        Assert.Equal(60, lines.Length - 1);
        Assert.Contains(scores.Disagreement, d => d > 1e-3f);
        for (int i = 0; i < 60; i++)
        {
            string[] fields = lines[i + 1].Split(',');
            Assert.Equal(scores.Confidence[i], Number(fields[2]), 1e-5f);
            Assert.Equal(scores.Disagreement[i], Number(fields[6]), 1e-5f);
        }
        Assert.EndsWith("inDistribution,disagreement,probability_0,probability_1,probability_2", Succeeds("score", data, "--model", file, "--probabilities", "--device", "cpu").Split(Environment.NewLine)[0], StringComparison.Ordinal);
        Succeeds("score", data, "--model", file, "--device", "cpu", "--out", _files["scores.jsonl"]);
        Assert.Equal(lines.Skip(1).Select(l => Number(l.Split(',')[6])), File.ReadLines(_files["scores.jsonl"]).Select(l => JsonSerializer.Deserialize<JsonElement>(l).GetProperty("disagreement").GetSingle()));
        Succeeds("evaluate", "--model", file, "--known", data, "--unknown", "interp", "--noise", "0", "--device", "cpu", "--out", eval);
        double accuracy = Enumerable.Range(0, 60).Count(i => scores.PredictedClass[i] == i % Files.Classes) / 60.0;
        Assert.Equal(accuracy, Json(eval, "evaluation.json").GetProperty("known").GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(ExitCodes.BadInput, Terminal.Run(["evaluate", "--model", file, "--known", data, "--samples", "12", "--device", "cpu", "--out", eval]).Exit);

        string alone = _files["alone.hdge"];
        ensemble.Members[0].Save(alone);
        string shown = Succeeds("sample", "--model", alone, "--out", png, "--count", "12", "--steps", "2", "--quality", data, "--judge", alone, "--device", "cpu");
        Assert.Contains("Fréchet distance", shown, StringComparison.Ordinal);
        Assert.Contains("Not FID", shown, StringComparison.Ordinal);
        Succeeds("evaluate", "--model", alone, "--known", data, "--noise", "0", "--samples", "12", "--device", "cpu", "--out", eval);
        Assert.Contains("class diversity", File.ReadAllText(Path.Combine(eval, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_and_ablate()
    {
        string data = _files.Idx("data", 60, 30), compared = _files["compared"], ablated = _files["ablated"];
        string[] common = ["--dataset", data, "--epochs", "1", "--batch", "16", "--device", "cpu"];
        Succeeds(["compare", "--objectives", "cross-entropy,hdge", .. common, "--out", compared]);
        string[] lines = File.ReadAllLines(Path.Combine(compared, "compare.md"));
        Assert.Equal(["cross-entropy", "hdge"], lines.Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Select(l => l.Split('|')[1].Trim()).Skip(2));
        Assert.True(Json(compared, "compare.json").GetProperty("hdge").GetProperty("peakMemoryMiB").GetDouble() > 10);

        Succeeds(["ablate-k", "--bank", "8,64", "--unknown", "interp", .. common, "--out", ablated]);
        Assert.Equal([8, 64], Json(ablated, "ablate-k.json").EnumerateArray().Select(r => r.GetProperty("bank").GetInt32()));
        Assert.Contains("0.890", File.ReadAllText(Path.Combine(ablated, "ablate-k.md")), StringComparison.Ordinal); // the paper's, at K = 64
    }

    [Fact]
    public void A_killed_run_goes_on()
    {
        string data = _files.Idx("data", 60, 30), killed = _files["killed"], whole = _files["whole"];
        string[] train = ["train", "--objective", "hdge", "--dataset", data, "--epochs", "3", "--batch", "16", "--device", "cpu", "--out"];
        using var cancellation = new CancellationTokenSource();
        Assert.Equal(ExitCodes.Cancelled, Terminal.Run([.. train, killed], line =>
        {
            if (line.StartsWith("epoch 2", StringComparison.Ordinal))
                cancellation.Cancel();
        }, cancellation.Token).Exit);
        Assert.False(File.Exists(Path.Combine(killed, "metrics.json")));
        Assert.Equal(ExitCodes.BadInput, Terminal.Run([.. train, killed]).Exit);
        Assert.Contains("epoch 3/3", Succeeds([.. train, killed, "--resume"]), StringComparison.Ordinal);
        Succeeds([.. train, whole]);
        using var resumed = HdgeModel.Load(Path.Combine(killed, "model.hdge"), "cpu");
        using var uninterrupted = HdgeModel.Load(Path.Combine(whole, "model.hdge"), "cpu");
        var images = DataFolder.LoadTest(data);
        Assert.Equal(uninterrupted.Logits(images), resumed.Logits(images));
        Assert.Equal(3, Json(killed, "metrics.json").GetProperty("epochs").GetArrayLength());
    }

    [Fact]
    public void Wrong_files_are_refused()
    {
        string data = _files.Idx("data", 30, 12), run = _files["run"], model = Path.Combine(run, "model.hdge");
        Succeeds("train", "--objective", "cross-entropy", "--dataset", data, "--epochs", "1", "--batch", "16", "--device", "cpu", "--out", run);
        string color = _files.Cifar("test.bin", 1, 0, 1);
        Refused("none.hdge", "evaluate", "--model", _files["none.hdge"], "--known", data, "--out", _files["e"]);
        Refused("3x32x32", "evaluate", "--model", model, "--known", color, "--out", _files["e"]);
        Refused("'svhn' are 3x32x32", "evaluate", "--model", model, "--known", data, "--unknown", "svhn=" + color, "--out", _files["e"]);
        Refused("'densities'", "evaluate", "--model", model, "--known", data, "--scores", "densities", "--out", _files["e"]);
        Refused("command or argument 'tell'", "tell");
        Refused("no memory bank", "ablate-k", "--objective", "cross-entropy", "--dataset", data, "--out", _files["a"]);

        static void Refused(string message, params string[] args)
        {
            var (exit, _, errors) = Terminal.Run(args);
            Assert.Contains(message, errors, StringComparison.Ordinal);
            Assert.Equal(ExitCodes.BadInput, exit);
        }
    }

    private static string Succeeds(params string[] args)
    {
        var (exit, output, errors) = Terminal.Run(args);
        Assert.True(exit == 0, errors);
        return output;
    }

    private static float Number(string field) => float.Parse(field, System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement Json(string folder, string name) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Path.Combine(folder, name)));

    private static double Auroc(JsonElement evaluation, string set, string score) =>
        Metrics(evaluation, set, score).GetProperty("auroc").GetDouble();

    private static JsonElement Metrics(JsonElement evaluation, string set, string score) => evaluation.GetProperty("detection").GetProperty(set).GetProperty(score);

    private static double NaiveAuroc(ScoreBatch known, ScoreBatch unknown) => Enumerable.Range(0, known.Count)
        .Average(k => Enumerable.Range(0, unknown.Count).Average(u => known.LogDensity[k] > unknown.LogDensity[u] ? 1 : known.LogDensity[k] == unknown.LogDensity[u] ? 0.5 : 0));
}

using System.Globalization;
using Hdge.Reports;
using Hdge.Training;

namespace Hdge.Tests.Reports;

public class ModelCardTests
{
    private static readonly string[] s_names = ["a|b", "*two*", "3"];

    private static HdgeModel Train(out TrainingOptions options, int images = 150)
    {
        options = SmallImages.Quick with { ClassWeights = ClassWeights.Given(1, 2, 3), Augmentation = new() { Mixup = 0.2 }, Device = "cpu", LogDirectory = null };
        int[] kept = [.. Enumerable.Range(0, images).Where(i => i % 3 != 1 || i < 30)]; // 10 of the second class
        return ModelTrainer.Train(SmallImages.Patterns(images).Subset(kept), options);
    }

    [Fact]
    public void ItTellsDataTrainingFiguresCalibrationAndDecision()
    {
        using var trained = Train(out var options);
        using var file = new MemoryStream();
        trained.Save(file);
        file.Position = 0;
        using var model = HdgeModel.Load(file, "cpu"); // what the card says is in the file
        var facts = model.Training!;
        Assert.Equal([40, 8, 40], facts.TrainingImages);
        Assert.Equal([10, 2, 10], facts.HeldOutImages);
        Assert.Equal((2, false, false), (facts.Epochs, facts.HasValidationSet, facts.HasExampleWeights));
        Assert.Equal(["Augmentation.Mixup", "BatchSize", "ClassWeights", "Epochs", "LearningRate", "Objective", "Objective.BankSize", "Objective.Form", "Objective.KeepSameLabelNegatives", "Objective.RandomStart", "Objective.Alpha", "Optimizer", "Seed", "ValidationFraction", "WeightDecay"],
            facts.Options.Keys.OrderBy(k => k == "Objective.Alpha" ? "Objective.T" : k, StringComparer.Ordinal));
        Assert.Equal("0.05", facts.Options["LearningRate"]);

        var test = SmallImages.Patterns(60, seed: 4);
        var known = new KnownEvaluation(model, test);
        var unknown = new DetectionEvaluation(model, test, [new("noise | more", SmallImages.Patterns(30, seed: 9))], []);
        var report = EvaluationReport.Of("R", s_names, known, unknown) with { Settings = [new("known images", "test_set")] };
        string card = ModelCard.Of("My *model*", model, s_names, report);
        string[] expected =
        [
            "# My \\*model\\*", "| network | WRN-10-1 (batch norm) |", "| input | images of 1x8x8 (channels, height, width) |", "| classes | 3 |", "| a\\|b | 40 | 10 |", "| \\*two\\* | 8 | 2 |",
            "88 trained on; 22 held out", $"2 epochs; the weights are those after epoch {facts.EpochKept}", "| ClassWeights | Given \\[1, 2, 3\\] |", "| Augmentation.Mixup | 0.2 |",
            string.Create(CultureInfo.InvariantCulture, $"| Accuracy | {known.Before.Accuracy:P1} | "), "| AUROC, noise \\| more | ", "| known images | test\\_set |",
            string.Create(CultureInfo.InvariantCulture, $"(T = {model.Temperature:F3})"), "hold the true class of 90.0 % of images", string.Create(CultureInfo.InvariantCulture, $"at least {model.Decision.Lower:G6}"),
            "Only 22 were held out", "Trained on fewer than 20 images: \\*two\\*.", "Training weighed images", "Accuracy under attack: not measured.",
        ];
        Assert.All(expected, part => Assert.Contains(part, card, StringComparison.Ordinal));
        Assert.DoesNotContain("told apart: not measured", card, StringComparison.Ordinal);
        var accuracy = report.Summary.Single(n => n.Name == "Accuracy");
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {accuracy.Low:P1} … {accuracy.High:P1} |"), card, StringComparison.Ordinal);
        Assert.All(card.Split('\n').Where(line => line.StartsWith('|')), line => Assert.EndsWith(" |", line, StringComparison.Ordinal));
        Assert.NotNull(options);
    }

    [Fact]
    public void WhatIsNotKnownIsSaidToBeSo()
    {
        using var model = new HdgeModel(SmallImages.Quick.Network.Create(SmallImages.Shape, 3), new(), TorchSharp.torch.CPU);
        string card = ModelCard.Of("M", model);
        Assert.All(["Not known: the model's file does not tell what it was trained on.", "Not known: the model was not evaluated for this card.", "Confidences are not calibrated.", "There are no prediction sets.",
            "Accuracy and calibration on images that had no part in training or calibration: not measured.", "How well unknown images are told apart: not measured."], part => Assert.Contains(part, card, StringComparison.Ordinal));
        Assert.Contains("There are 2 class names, expected 3", Assert.Throws<ArgumentException>(() => ModelCard.Of("M", model, ["a", "b"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheFileIsTheSameInEveryCulture()
    {
        using var model = Train(out _, images: 60);
        string folder = Directory.CreateTempSubdirectory("hdge-card-").FullName, path = Path.Combine(folder, "model-card.md");
        var before = CultureInfo.CurrentCulture;
        try
        {
            string expected = ModelCard.Of("M", model);
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            ModelCard.Write(path, "M", model);
            Assert.Equal(expected, File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(folder));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            Directory.Delete(folder, recursive: true);
        }
    }
}

using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

public sealed class DensityGaugeTests
{
    private static HdgeModel Train(DensityGauge gauge, ObjectiveOptions? objective = null) =>
        ModelTrainer.Train(SmallImages.Patterns(90), SmallImages.Quick with { Epochs = 1, DensityGauge = gauge, Objective = objective ?? new CrossEntropyOptions() });

    [Fact]
    public void CentredLogitsHaveMeanZeroAndTheSameProbabilities()
    {
        using var raw = Train(DensityGauge.Raw);
        using var centred = Train(DensityGauge.Centred);
        var images = SmallImages.Patterns(30, seed: 4);
        float[] before = raw.Logits(images), after = centred.Logits(images);
        for (int i = 0; i < 30; i++)
        {
            float mean = before.AsSpan(3 * i, 3).ToArray().Average();
            Assert.Equal(0, after.AsSpan(3 * i, 3).ToArray().Average(), 1e-5);
            for (int c = 0; c < 3; c++)
                Assert.Equal(before[3 * i + c] - mean, after[3 * i + c], 1e-5);
        }
        Assert.Equal(raw.Score(images).Probabilities, centred.Score(images).Probabilities, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(raw.Temperature, centred.Temperature, 1e-4);
        Assert.Equal(raw.DetectionScores(images, [DetectionScore.CentredDensity])[DetectionScore.CentredDensity], centred.Score(images).LogDensity, (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void WhereTheObjectiveTrainsTheDensityItsOffsetStays()
    {
        var objective = new ContrastiveDensityOptions { BankSize = 50 };
        using var model = Train(DensityGauge.Auto, objective);
        using var raw = Train(DensityGauge.Raw, objective);
        var images = SmallImages.Patterns(5, seed: 4);
        Assert.Equal(raw.Logits(images), model.Logits(images));
        Assert.Contains("DensityGauge is 7", Assert.ThrowsAny<ArgumentException>(() => (SmallImages.Quick with { DensityGauge = (DensityGauge)7 }).Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRotationHeadStaysWithTheModelAndItsFile()
    {
        var options = SmallImages.Quick with
        {
            Objective = new CrossEntropyOptions { Rotation = new(), DensityRatio = new() { Made = [MadeKind.Mixed, MadeKind.Blurred] } },
            Detection = new DetectionOptions { Score = DetectionScore.Rotation },
        };
        using var model = ModelTrainer.Train(SmallImages.Patterns(120), options);
        var images = SmallImages.Patterns(20, seed: 4);
        Assert.Equal(DetectionScore.Rotation, model.Decision.Score);
        float[] scores = model.Score(images).DetectionScore;
        Assert.All(scores, s => Assert.True(float.IsFinite(s)));
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var loaded = HdgeModel.Load(file, "cpu");
        Assert.Equal(scores, loaded.Score(images).DetectionScore);
        // Fitting other scores leaves it there.
        loaded.FitDetectors(SmallImages.Patterns(60), SmallImages.Patterns(60, seed: 8), new DetectionOptions { Score = DetectionScore.Fdbd });
        Assert.Equal(scores, loaded.DetectionScores(images, [DetectionScore.Rotation])[DetectionScore.Rotation], (a, b) => Math.Abs(a - b) < 1e-5);
        loaded.FitDetectors(SmallImages.Patterns(60), SmallImages.Patterns(60, seed: 8), new DetectionOptions());
        Assert.Contains(DetectionScore.Rotation, loaded.Detectors.AutoAuroc.Keys);
    }

    [Fact]
    public void AHeadForTurnsLearnsThem()
    {
        using var scope = NewDisposeScope();
        var (images, turns) = RotationObjective.Turned(tensor(Enumerable.Range(0, 5 * 9).Select(i => (float)i).ToArray(), [5, 1, 3, 3]), all: true, seed: 1);
        Assert.Equal([20L, 1, 3, 3], images.shape);
        Assert.Equal(Enumerable.Range(0, 4).SelectMany(t => Enumerable.Repeat((long)t, 5)), turns.data<long>().ToArray());
        for (int i = 0; i < 5; i++)
            Assert.Equal(images[i].rot90(1, (1, 2)).contiguous().data<float>().ToArray(), images[5 + i].contiguous().data<float>().ToArray());
        var (one, by) = RotationObjective.Turned(images.narrow(0, 0, 5), all: false, seed: 1);
        Assert.Equal(5, one.shape[0]);
        Assert.Equal([2, 1, 1, 1], by.data<long>().ToArray().GroupBy(t => t).Select(g => g.Count()).OrderDescending());
        Assert.Contains("turns square images, found 1x8x9", Assert.ThrowsAny<ArgumentException>(() =>
            (SmallImages.Quick with { Objective = new CrossEntropyOptions { Rotation = new() } }).Validate(new(1, 8, 9))).Message, StringComparison.Ordinal);
    }
}

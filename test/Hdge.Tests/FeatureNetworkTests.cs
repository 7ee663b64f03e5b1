using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Tests;

/// <summary>A network of vectors: three features of quite other sizes each, two classes.</summary>
public class FeatureNetworkTests
{
    private static readonly ImageShape s_shape = ImageShape.Vector(3);
    private static readonly TrainingOptions s_options = new()
    {
        Network = new FeatureNetworkOptions { Hidden = [16], DropoutRate = 0.1 },
        Epochs = 20,
        BatchSize = 32,
        LearningRate = 0.01,
        ValidationFraction = 0.25,
        Device = "cpu",
        Detection = new() { Also = [DetectionScore.NearestNeighbors, DetectionScore.Mahalanobis] },
    };

    [Theory]
    [InlineData(Normalization.Batch)]
    [InlineData(Normalization.Layer)]
    [InlineData(Normalization.None)]
    public void TellsClassesAndWhatIsFar(Normalization normalization)
    {
        using var model = ModelTrainer.Train(Rows(321, 1), s_options with { Network = new FeatureNetworkOptions { Hidden = [16, 8], Normalization = normalization } });
        var known = model.Score(Rows(200, 2));
        Assert.True(Right(known, Rows(200, 2)) > 0.95);
        Assert.True(known.IsInDistribution.Take(200).Count(yes => yes) > 170);
        Assert.DoesNotContain(true, model.Score(Far(50)).IsInDistribution.Take(50));
    }

    [Fact]
    public void TheLinearModelLearnsToo()
    {
        using var model = ModelTrainer.Train(Rows(321, 1), s_options with { Network = new FeatureNetworkOptions { Hidden = [] } });
        Assert.Equal(3, model.Network.FeatureLength);
        Assert.True(Right(model.Score(Rows(200, 2)), Rows(200, 2)) > 0.95);
    }

    [Fact]
    public void StandardisesByTheRowsTrainedOn()
    {
        var rows = ImageSet.FromSingles(ImageShape.Vector(4), [1, 1000, 7, 0.1f, 3, 3000, 7, 0.1f, 5, 8000, 7, 0.1f], [0, 1, 0], 2);
        var scaling = new FeatureNetworkOptions().ScalingFor(rows, new PixelScaling { Scale = 2 });
        Assert.Equal([3, 4000, 7, 0.1f], scaling.Mean);
        Assert.Equal(2, scaling.Scale);
        Assert.Equal(Math.Sqrt(8.0 / 3), scaling.StandardDeviation[0], 1e-6);
        Assert.Equal(Math.Sqrt(26e6 / 3), scaling.StandardDeviation[1], 1e-3);
        Assert.Equal([1, 1], scaling.StandardDeviation.Skip(2));
        Assert.Equal([0f], new FeatureNetworkOptions { Scaling = FeatureScaling.None }.ScalingFor(rows, new()).Mean);
        var given = new PixelScaling { Mean = [1, 2, 3, 4] };
        Assert.Same(given, new FeatureNetworkOptions { Scaling = FeatureScaling.AsGiven }.ScalingFor(rows, given));
    }

    [Fact]
    public void TheRangeIsThatOfEachFeature()
    {
        using var model = ModelTrainer.Train(Rows(200, 1), s_options with { Epochs = 1 });
        float[] row = [0.5f, 500, 0.0005f];
        Assert.Null(model.RangeProblem(row));
        row[2] = 0.5f; // usual for the first feature, far from the third's
        Assert.Contains("in feature 2", model.RangeProblem(row), StringComparison.Ordinal);
        var scores = new ScoreBatch(1, 2);
        model.Score(row, 1, scores);
        Assert.False(scores.IsInRange[0]);
        Assert.False(scores.IsInDistribution[0]);
        var error = Assert.Throws<ArgumentException>(() => model.Score((float[])[0, 0, 0, 0, float.NaN, 0], 2, new ScoreBatch(2, 2)));
        Assert.Contains("Image 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALoadedModelScoresTheSame()
    {
        using var model = ModelTrainer.Train(Rows(200, 1), s_options);
        using var file = new MemoryStream();
        model.Save(file);
        file.Position = 0;
        using var loaded = HdgeModel.Load(file, "cpu");
        Assert.Equal([16], Assert.IsType<FeatureNetworkOptions>(loaded.NetworkOptions).Hidden);
        var (before, after) = (model.Score(Rows(50, 2)), loaded.Score(Rows(50, 2)));
        Assert.Equal(before.LogDensity, after.LogDensity);
        Assert.Equal(before.Confidence, after.Confidence);
        Assert.Equal(before.IsInDistribution, after.IsInDistribution);
        Assert.False(loaded.TrainedRange!.Admits(Far(1), 0));
    }

    [Fact]
    public void DetectorsWork()
    {
        using var model = ModelTrainer.Train(Rows(200, 1), s_options with { Detection = s_options.Detection with { Score = DetectionScore.Auto } });
        Assert.NotEqual(DetectionScore.Auto, model.Decision.Score);
        DetectionScore[] kinds = [DetectionScore.NearestNeighbors, DetectionScore.Mahalanobis];
        var (known, far) = (model.DetectionScores(Rows(50, 2), kinds), model.DetectionScores(Far(50), kinds));
        foreach (var kind in kinds)
            Assert.True(known[kind].Average() > far[kind].Max(), $"{kind}");
    }

    [Fact]
    public void BytesScoreAsSinglesOver255()
    {
        using var model = ModelTrainer.Train(Rows(200, 1), s_options with { Epochs = 1 });
        byte[] bytes = [0, 255, 3, 100, 20, 0];
        var (singles, ofBytes) = (new ScoreBatch(2, 2), new ScoreBatch(2, 2));
        model.Score(Array.ConvertAll(bytes, b => b / 255f), 2, singles);
        model.Score(bytes, 2, ofBytes);
        for (int i = 0; i < 2; i++)
            Assert.Equal(singles.LogDensity[i], ofBytes.LogDensity[i], 1e-3 * Math.Abs(singles.LogDensity[i]));
    }

    [Fact]
    public void ALastBatchOfOneRowIsNormalisedByTheRunningAverages()
    {
        using var network = new FeatureNetworkOptions { Hidden = [4] }.Create(s_shape, 2, 1);
        using var scope = NewDisposeScope();
        using var off = no_grad();
        network.train();
        network.call(randn([8, 3, 1, 1]));
        var row = randn([1, 3, 1, 1]);
        var trained = network.call(row);
        network.eval();
        Assert.True(trained.allclose(network.call(row)));
    }

    [Fact]
    public void WhatOnlyImagesHaveIsRefused()
    {
        Refused(s_options with { Augmentation = new() { HorizontalFlip = true } }, "Augmentation", "NoiseDeviation");
        Refused(s_options with { Augmentation = new() { Views = new() } }, "Augmentation");
        Refused(s_options with { Augmentation = new() { CutMix = 1 } }, "Augmentation", "Mixup");
        Refused(s_options with { Augmentation = new() { Erasing = new() } }, "Augmentation");
        Refused(s_options with { Augmentation = new() { RandAugment = new() } }, "Augmentation");
        Refused(s_options with { Objective = new JemOptions() }, "features");
        Refused(s_options with { Objective = new AdversarialTrainingOptions() }, "features");
        Refused(s_options with { Scaling = new() { Mean = [3] } }, "AsGiven");
        Refused(s_options with { Network = new FeatureNetworkOptions { Normalization = Normalization.Instance } }, "Normalization");
        Refused(s_options with { Network = new FeatureNetworkOptions { Hidden = [8, 0] } }, "Hidden is 0");
        Refused(s_options with { Network = new FeatureNetworkOptions { Hidden = [8, 1], Normalization = Normalization.Layer } }, "layer of 1 unit");
        Assert.Contains("ImageShape.Vector", Assert.ThrowsAny<ArgumentException>(() => s_options.Validate(new ImageShape(1, 8, 8))).Message, StringComparison.Ordinal);
        (s_options with { Augmentation = new() { NoiseDeviation = 0.1, Mixup = 0.2, MixProbability = 0.5 } }).Validate(s_shape);

        using var model = new HdgeModel(s_options.Network.Create(s_shape, 2), new(), CPU);
        Assert.Throws<InvalidOperationException>(() => model.Sample(new SampleOptions()));
        Assert.Contains("features", Assert.Throws<ArgumentException>(() => Pgd.Attack(model, Rows(2, 1))).Message, StringComparison.Ordinal);

        static void Refused(TrainingOptions options, params string[] says)
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => options.Validate(s_shape));
            Assert.All(says, text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
        }
    }

    // Two Gaussians at ±1 in features of the sizes 1, 1000 and 0.001.
    private static ImageSet Rows(int count, int seed) => Drawn(count, seed, 1, 0.3);

    private static ImageSet Far(int count) => Drawn(count, 9, 30, 0.3);

    private static ImageSet Drawn(int count, int seed, double center, double deviation)
    {
        var random = new Random(seed);
        var (values, labels) = (new float[3 * count], new int[count]);
        for (int i = 0; i < count; i++)
        {
            labels[i] = i % 2;
            for (int f = 0; f < 3; f++)
                values[3 * i + f] = (float)((center * (2 * labels[i] - 1) + deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())) * (f == 0 ? 1 : f == 1 ? 1000 : 0.001));
        }
        return ImageSet.FromSingles(s_shape, values, labels, 2);
    }

    private static double Right(ScoreBatch scores, ImageSet rows) => Enumerable.Range(0, rows.Count).Average(i => scores.PredictedClass[i] == rows.Labels[i] ? 1.0 : 0);
}

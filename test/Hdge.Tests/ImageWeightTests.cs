using Hdge.Objectives;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Tests;

/// <summary>Weights of images and classes, from the options to the loss.</summary>
public class ImageWeightTests
{
    private static ImageSet Set(int[] labels, params float[] weights) =>
        ImageSet.FromBytes(new(1, 1, 1), [.. Enumerable.Range(0, labels.Length).Select(i => (byte)i)], labels, 4).WithWeights(weights);

    [Fact]
    public void BalancedGivesEveryClassTheSameTotal()
    {
        int[] labels = [0, 0, 0, 0, 0, 0, 1, 1, 2]; // class 3 does not occur
        float[] weights = ImageWeights.Apply(Set(labels), ClassWeights.Balanced).Weights.ToArray();
        Assert.Equal(labels.Select(y => 9f / (3 * labels.Count(l => l == y))), weights); // N / (C · n), as scikit-learn's "balanced"

        float[] own = [1, 2, 3, 1, 2, 3, 5, 1, 4];
        float[] both = ImageWeights.Apply(Set(labels, own), ClassWeights.Balanced).Weights.ToArray();
        Assert.Equal(9, both.Sum(), 1e-5f);
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(3, labels.Zip(both).Where(p => p.First == c).Sum(p => p.Second), 1e-5f));
        Assert.Equal(5, both[6] / both[7], 1e-5f); // within a class the images' own weights say
    }

    [Fact]
    public void GivenWeightsAndImagesWeightsMultiplyAndHaveTheMeanOne()
    {
        int[] labels = [0, 1, 1, 3];
        float[] weights = ImageWeights.Apply(Set(labels, 1, 2, 4, 1), ClassWeights.Given(4, 1, 7, 2)).Weights.ToArray();
        double mean = (4 + 2 + 4 + 2) / 4.0;
        Assert.Equal([(float)(4 / mean), (float)(2 / mean), (float)(4 / mean), (float)(2 / mean)], weights);
        Assert.Empty(ImageWeights.Apply(Set(labels, 3, 3, 3, 3), ClassWeights.None).Weights.ToArray()); // all alike: no weights
        Assert.Empty(ImageWeights.Apply(Set([0, 1, 2, 3]), ClassWeights.Balanced).Weights.ToArray());
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        Refused("The weight of class 1 is 0, expected a finite number above 0", () => ClassWeights.Given(1, 0));
        Refused("There are no class weights", () => ClassWeights.Given());
        Refused("ClassWeights has 3 values, expected 4, one a class", () => ImageWeights.Apply(Set([0, 1]), ClassWeights.Given(1, 2, 3)));
        Refused("There are 1 weights for 2 images", () => Set([0, 1], 1));
        Refused("The weight of image 1 is NaN, expected a finite number above 0", () => Set([0, 1], 1, float.NaN));
        Refused("The weight of image 0 is 0", () => Set([0, 1], 0, 1));

        static void Refused(string message, Action action) => Assert.Contains(message, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWeightOfTwoIsTheImageTwice()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        double[] rows = [.. Enumerable.Range(0, 9).Select(_ => random.NextDouble())];
        var (once, twice) = (tensor(rows).reshape(3, 3).requires_grad_(), tensor([.. rows[..3], .. rows]).reshape(4, 3).requires_grad_());
        float[] weights = ImageWeights.Apply(Set([1, 0, 2], 2, 1, 1), ClassWeights.None).Weights.ToArray();
        var weighted = new StepTargets(tensor(new long[] { 1, 0, 2 })) { Weights = tensor(weights) }.CrossEntropy(once).Trained;
        var doubled = nn.functional.cross_entropy(twice, tensor(new long[] { 1, 1, 0, 2 }));
        Assert.Equal(doubled.item<double>(), weighted.item<double>(), 1e-6);
        weighted.backward();
        doubled.backward();
        double[] of = once.grad!.data<double>().ToArray(), and = twice.grad!.data<double>().ToArray();
        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(and[c] + and[3 + c], of[c], 1e-6));
        Assert.All(Enumerable.Range(3, 6), c => Assert.Equal(and[3 + c], of[c], 1e-6));
    }

    [Fact]
    public void BalancedWeightsSaveARareClass()
    {
        // Noise that tells little: a network that counts images names the common classes. 4 of 100 images are of class 2.
        var random = new Random(3);
        var builder = new ImageSetBuilder(SmallImages.Shape);
        var pixels = new byte[64];
        for (int i = 0; i < 200; i++)
        {
            int label = i % 25 == 0 ? 2 : i % 2;
            for (int p = 0; p < 64; p++)
                pixels[p] = (byte)(random.Next(200) + (p / 8 % 3 == label ? 10 : 0));
            builder.Add(pixels, label);
        }
        var images = builder.Build(3);
        var options = SmallImages.Quick with { Objective = new CrossEntropyOptions(), ValidationFraction = 0, Epochs = 3, Optimizer = OptimizerKind.Adam, LearningRate = 0.003 };
        Assert.True(Named(options) < 10);
        Assert.True(Named(options with { ClassWeights = ClassWeights.Balanced }) > 20);
        // The same by the images' own weights, to the last bit: it is the same loss.
        float[] own = [.. images.Labels.ToArray().Select(y => (float)(200.0 / (3 * images.Labels.ToArray().Count(l => l == y))))];
        Assert.Equal(Named(options with { ClassWeights = ClassWeights.Balanced }), Named(options, images.WithWeights(own)));

        // What an epoch is kept by weighs the classes too: balanced, the accuracy is the mean of theirs.
        EpochMetrics? last = null;
        using var held = ModelTrainer.Train(images, images, options with { ClassWeights = ClassWeights.Balanced }, new TrainingCallbacks { Epoch = m => last = m });
        int[] predicted = held.Score(images).PredictedClass.ToArray();
        double mean = Enumerable.Range(0, 3).Average(c => Enumerable.Range(0, images.Count).Where(i => images.Labels[i] == c).Average(i => predicted[i] == c ? 1.0 : 0));
        Assert.Equal(mean, held.Training!.ValidationAccuracy!.Value, 1e-9);
        Assert.NotEqual(last!.ValidationAccuracy, predicted.Where((p, i) => p == images.Labels[i]).Count() / 200.0);

        int Named(TrainingOptions run, ImageSet? set = null)
        {
            using var model = ModelTrainer.Train(set ?? images, run);
            return model.Score(images).PredictedClass.Count(c => c == 2);
        }
    }
}

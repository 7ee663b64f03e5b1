using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests.Gcrl;

/// <summary>Training without labels, the model that comes of it, its scores and its file.</summary>
public sealed class RepresentationTests
{
    private static readonly TrainingOptions s_quick = TrainingPresets.GcrlFast with
    {
        Network = new PixelTransformerOptions { Colors = 8, Width = 16, Heads = 2, Blocks = 2, Reduction = 2 },
        Augmentation = new AugmentationOptions { CropPadding = 1, SecondView = new ViewAugmentationOptions { HorizontalFlip = false } },
        Epochs = 2,
        BatchSize = 32,
        WarmUpSteps = 5,
        Device = "cpu",
        Seed = 3,
        Detection = new DetectionOptions { Also = RepresentationModel.Scores },
    };

    private static readonly TrainingOptions s_likelihood = s_quick with { Objective = new GenerativeContrastiveOptions { Beta = 0 }, Augmentation = new AugmentationOptions() };

    private static double[] Weights(RepresentationModel model) => [.. model.Inner.Network.state_dict().Values.SelectMany(w => w.to(float64).data<double>().ToArray())];

    /// <summary>No density gives 8 distinct images less than log 8 nats on average; a network that remembers them comes near that.</summary>
    [Fact]
    public void Eight_images_are_remembered()
    {
        var random = new Random(8);
        var shape = new ImageShape(1, 8, 8);
        byte[] grey = [.. Enumerable.Range(0, 16).Select(i => (byte)(17 * i))];
        var images = ImageSet.FromBytes(shape, [.. Enumerable.Range(0, 8 * shape.Length).Select(_ => grey[random.Next(16)])], new int[8], 1);
        var options = s_likelihood with
        {
            Network = new PixelTransformerOptions { Colors = 16, Width = 64, Heads = 2, Blocks = 4 },
            Epochs = 300,
            BatchSize = 8,
            WarmUpSteps = 10,
            ValidationFraction = 0,
            Detection = new DetectionOptions(),
        };
        using var model = RepresentationTrainer.Train(images, options);
        double nats = model.BitsPerPixel(images) * shape.Length * Math.Log(2);
        Assert.InRange(nats, Math.Log(8), 2.3);
    }

    [Fact]
    public void Equal_seeds_give_equal_weights_and_labels_have_no_part()
    {
        var images = SmallImages.Patterns(80);
        using var one = RepresentationTrainer.Train(images, s_quick);
        using var two = RepresentationTrainer.Train(ImageSet.FromBytes(images.Shape, images.Bytes(0, 80).ToArray(), new int[80], 1), s_quick);
        using var other = RepresentationTrainer.Train(images, s_quick with { Seed = 4 });
        Assert.Equal(Weights(one), Weights(two));
        Assert.NotEqual(Weights(one), Weights(other));
        Assert.Equal(RepresentationModel.Scores, one.Available);
        Assert.Equal(DetectionScore.LogLikelihood, one.Decision.Score);
    }

    [Fact]
    public void Scores_are_what_they_say_and_depend_on_the_image_alone()
    {
        var images = SmallImages.Patterns(300);
        using var model = RepresentationTrainer.Train(images, s_quick);
        var network = (PixelTransformer)model.Inner.Network;
        var test = SmallImages.Patterns(40, seed: 9);
        var batch = model.Score(test);
        var scores = model.DetectionScores(test, RepresentationModel.Scores);
        var alone = new RepresentationBatch(1, 16);
        for (int i = 0; i < 40; i++)
        {
            model.Score(test.Bytes(i), 1, alone);
            Assert.Equal(batch.LogLikelihood[i], alone.LogLikelihood[0], 1e-4f * Math.Abs(batch.LogLikelihood[i]));
            for (int f = 0; f < 16; f++)
                Assert.Equal(batch.Representations[i * 16 + f], alone.Representations[f], 1e-4f);
            Assert.Equal(batch.LogLikelihood[i], scores[DetectionScore.LogLikelihood][i]);
            Assert.Equal(batch.LogLikelihood[i], batch.DetectionScore[i]);
            Assert.Equal(model.Decision.Keeps(batch.DetectionScore[i]), batch.IsInDistribution[i]);
        }
        Assert.Equal(-batch.LogLikelihood.Average(x => (double)x) / 16 / Math.Log(2), model.BitsPerPixel(test), 1e-5);

        // log₂ p and the bits of the picture's own file, its pixels the palette's colours.
        using var scope = NewDisposeScope();
        double[] palette = network.Colors.Palette.to(float64).data<double>().ToArray();
        var small = new byte[16];
        for (int p = 0; p < 16; p++)
        {
            double mean = new[] { 0, 1, 8, 9 }.Average(at => test.Bytes(0)[p / 4 * 16 + p % 4 * 2 + at] / 255.0);
            small[p] = (byte)Math.Round(255 * palette.MinBy(color => Math.Abs(color - mean)));
        }
        double expected = batch.LogLikelihood[0] / Math.Log(2) + 8 * Png.Encode(small, 1, 4, 4).Length;
        Assert.Equal(expected, scores[DetectionScore.ComplexityCorrected][0], 1e-3);

        Assert.Throws<ArgumentException>(() => model.Score(new float[10], 1, alone));
        float[] wrong = new float[64];
        wrong[7] = float.NaN;
        Assert.Contains("Image 0", Assert.Throws<ArgumentException>(() => model.Score(wrong, 1, alone)).Message, StringComparison.Ordinal);
        float[] large = [.. Enumerable.Repeat(200f, 64)];
        model.Score(large, 1, alone);
        Assert.False(alone.IsInDistribution[0] || alone.IsInRange[0]);
    }

    [Fact]
    public void Images_of_one_colour_teach_one_colour()
    {
        var shape = new ImageShape(3, 4, 4);
        byte[] color = [200, 30, 90];
        var images = ImageSet.FromBytes(shape, [.. Enumerable.Range(0, 64 * 48).Select(i => color[i % 48 / 16])], new int[64], 1);
        var options = s_likelihood with { Epochs = 30, LearningRate = 0.01, Network = new PixelTransformerOptions { Colors = 4, Width = 8, Heads = 2, Blocks = 2 }, Detection = new DetectionOptions() };
        using var model = RepresentationTrainer.Train(images, options);
        var drawn = model.Sample(new PixelSampleOptions { Count = 20 });
        Assert.Equal(images.Bytes(0).ToArray(), drawn.Bytes(0).ToArray());
        Assert.Equal(images.Bytes(0, 20).ToArray(), drawn.Bytes(0, 20).ToArray());
    }

    [Fact]
    public void A_file_gives_the_same_and_a_damaged_or_other_one_is_refused()
    {
        using var model = RepresentationTrainer.Train(SmallImages.Patterns(60), s_quick);
        using var stream = new MemoryStream();
        model.Save(stream);
        byte[] file = stream.ToArray();
        using var loaded = RepresentationModel.Load(new MemoryStream(file), "cpu");
        var test = SmallImages.Patterns(30, seed: 9);
        Assert.Equal(Weights(model), Weights(loaded));
        Assert.Equal(model.Score(test).Representations, loaded.Score(test).Representations);
        Assert.Equal(model.Score(test).LogLikelihood, loaded.Score(test).LogLikelihood);
        Assert.Equal(model.Decision, loaded.Decision);
        foreach (var (score, values) in model.DetectionScores(test, RepresentationModel.Scores))
            Assert.Equal(values, loaded.DetectionScores(test, [score])[score]);

        foreach (int length in new[] { 0, 100, file.Length / 2, file.Length - 1 })
            Assert.Throws<InvalidDataException>(() => RepresentationModel.Load(new MemoryStream(file[..length]), "cpu"));
        for (int at = 50; at < file.Length; at += file.Length / 20)
        {
            byte[] flipped = [.. file];
            flipped[at] ^= 0x41;
            Assert.Throws<InvalidDataException>(() => RepresentationModel.Load(new MemoryStream(flipped), "cpu"));
        }
        Assert.Contains("has no classes", Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(file), "cpu")).Message, StringComparison.Ordinal);

        using var wide = new HdgeModel(new WideResNetOptions().Create(SmallImages.Shape, 3), new PixelScaling(), CPU);
        using var other = new MemoryStream();
        wide.Save(other);
        using var again = HdgeModel.Load(new MemoryStream(other.ToArray()), "cpu");
        Assert.Equal(wide.Logits(test), again.Logits(test));
        Assert.Contains("is a classifier", Assert.Throws<InvalidDataException>(() => RepresentationModel.Load(new MemoryStream(other.ToArray()), "cpu")).Message, StringComparison.Ordinal);
    }

    /// <summary>A classifier starts from what was learned without labels: all but the last layer, the palette too.</summary>
    [Fact]
    public void A_classifier_is_fine_tuned_from_it()
    {
        string path = Path.Combine(Path.GetTempPath(), $"gcrl-{Guid.NewGuid():N}.hdge");
        try
        {
            using var model = RepresentationTrainer.Train(SmallImages.Patterns(60), s_quick);
            model.Save(path);
            var tuning = new TrainingOptions { Network = s_quick.Network, Pretrained = path, Objective = new InBatchOptions(), Epochs = 2, BatchSize = 16, LearningRate = 0.01, Device = "cpu" };
            using var frozen = ModelTrainer.Train(SmallImages.Patterns(60, seed: 2), tuning with { Freeze = Freeze.Backbone });
            using var tuned = ModelTrainer.Train(SmallImages.Patterns(60, seed: 2), tuning);
            var before = model.Inner.Network.state_dict();
            foreach (var (name, weight) in frozen.Network.state_dict())
                if (!name.StartsWith("classifier.", StringComparison.Ordinal))
                    Assert.True(Same(weight, before[name]), name);
            Assert.True(Same(tuned.Network.state_dict()["palette"], before["palette"]));
            Assert.False(Same(tuned.Network.state_dict()["blocks.0.qkv.weight"], before["blocks.0.qkv.weight"]));
            Assert.Contains("pixel transformer", Assert.Throws<ArgumentException>(() => ModelTrainer.Train(SmallImages.Patterns(60), tuning with { Network = new WideResNetOptions() })).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }

        static bool Same(Tensor a, Tensor b) => a.data<float>().SequenceEqual(b.data<float>());
    }

    [Fact]
    public void What_needs_labels_is_refused()
    {
        var images = SmallImages.Patterns(10);
        Assert.Contains("needs labels", Refused(s_quick with { Objective = new CrossEntropyOptions() }), StringComparison.Ordinal);
        Assert.Contains("needs classes", Refused(s_quick with { Detection = new DetectionOptions { Score = DetectionScore.Energy } }), StringComparison.Ordinal);
        Assert.Contains("at least 2 images", Assert.Throws<ArgumentException>(() => RepresentationTrainer.Train(images.Take(1), s_quick)).Message, StringComparison.Ordinal);

        string Refused(TrainingOptions options) => Assert.ThrowsAny<ArgumentException>(() => RepresentationTrainer.Train(images, options)).Message;
    }

    /// <summary>Real images: the features serve a linear layer, the likelihood knows more than how often colours occur, and noise is unlikely.</summary>
    [Fact]
    public void Fashion_is_learned()
    {
        var train = SmallImages.Fashion(2500);
        var test = SmallImages.Fashion(500, test: true);
        var options = TrainingPresets.GcrlFast with
        {
            Network = new PixelTransformerOptions { Colors = 16, Reduction = 2, Blocks = 4, Width = 48, Heads = 2 },
            Epochs = 2,
            Device = "cpu",
            Seed = 1,
            Detection = new DetectionOptions { Score = DetectionScore.LogLikelihood },
        };
        using var model = ModelTrainer.Train(train, options);
        var scores = model.Score(test);
        double right = Enumerable.Range(0, test.Count).Count(i => scores.PredictedClass[i] == test.Labels[i]) / (double)test.Count;
        Assert.True(right > 0.5, $"the linear probe is right for {right}");
        Assert.True(model.BitsPerPixel(test) < model.ColorEntropy(), $"{model.BitsPerPixel(test)} bits a pixel, {model.ColorEntropy()} without neighbours");
        var noise = new byte[200 * 784];
        new Random(1).NextBytes(noise);
        var unknown = ImageSet.FromBytes(test.Shape, noise, new int[200], 10);
        var score = new[] { DetectionScore.LogLikelihood };
        Assert.Equal(1, Auroc.Of(model.DetectionScores(test, score)[score[0]], model.DetectionScores(unknown, score)[score[0]]));
    }
}

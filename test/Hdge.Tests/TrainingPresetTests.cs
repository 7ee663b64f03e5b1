using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Tests;

public class TrainingPresetTests
{
    private static readonly ImageShape Cifar = new(3, 32, 32);

    /// <summary>50,000 images with a tenth held out, as in the published code.</summary>
    private const int Images = 45_000;

    private static double Rate(TrainingOptions preset, int epoch, int step = 0)
    {
        int steps = (Images + preset.BatchSize - 1) / preset.BatchSize;
        return new LearningRateSchedule(preset, steps).At((long)epoch * steps + step);
    }

    [Fact]
    public void EveryNameGivesAValidPresetInAnyCase()
    {
        Assert.Equal(6, TrainingPresets.Names.Count);
        Assert.All(TrainingPresets.Names, name =>
        {
            var preset = TrainingPresets.Parse(name);
            preset.Validate(Cifar);
            Assert.Same(preset, TrainingPresets.Parse(name.ToLowerInvariant()));
            Assert.Same(preset, typeof(TrainingPresets).GetProperty(name)!.GetValue(null));
        });
        Assert.Contains("'slow', expected one of Jem, WideResNet, Fast, Speed, GcrlFast, Gcrl", Assert.Throws<ArgumentException>(() => TrainingPresets.Parse("slow")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JemHasThePublishedNumbers()
    {
        var jem = TrainingPresets.Jem;
        Assert.Equal(36_471_338, jem.Network.WeightShapes(Cifar, 10).Sum(w => w.Shape.Aggregate(1L, (a, b) => a * b)));
        Assert.Equal((200, 64, 0, 0.03, 4, true), (jem.Epochs, jem.BatchSize, jem.WeightDecay, jem.Augmentation.NoiseDeviation, jem.Augmentation.CropPadding, jem.Augmentation.HorizontalFlip));
        Assert.Equal(1e-4 / 1001, Rate(jem, 0), 12);
        Assert.Equal([1e-4, 1e-4, 3e-5, 9e-6], new[] { 2, 159, 160, 180 }.Select(epoch => Math.Round(Rate(jem, epoch), 12)));
        using var network = new WideResNetOptions().Create(SmallImages.Shape, 2);
        using var optimizer = Optimizers.Create([new([.. network.parameters()])], jem);
        Assert.IsType<Adam>(optimizer);
    }

    [Fact]
    public void WideResNetHasThePublishedNumbers()
    {
        var wide = TrainingPresets.WideResNet;
        var network = Assert.IsType<WideResNetOptions>(wide.Network);
        Assert.Equal((28, 10, 0.3, true), (network.Depth, network.Width, network.DropoutRate, network.HasBatchNorm(new ImageShape(3, 32, 32))));
        Assert.Equal((200, 128, 5e-4, 0.9, 4, true), (wide.Epochs, wide.BatchSize, wide.WeightDecay, wide.Momentum, wide.Augmentation.CropPadding, wide.Augmentation.HorizontalFlip));
        Assert.Equal([0.1, 0.1, 0.02, 0.004, 0.0008], new[] { 0, 59, 60, 120, 160 }.Select(epoch => Math.Round(Rate(wide, epoch), 12)));
    }

    [Fact]
    public void GcrlHasTheNumbersOfIgptS()
    {
        var gcrl = TrainingPresets.Gcrl;
        Assert.Equal(76.7, gcrl.Network.WeightShapes(Cifar, 10).Where(w => w.Name is not ("palette" or "shares" or "scale" or "shift")).Sum(w => w.Shape.Aggregate(1L, (a, b) => a * b)) / 1e6, 0.1);
        Assert.Equal((0.003, 0.95, 1.0, 0.0), (gcrl.LearningRate, gcrl.AdamBeta2, gcrl.GradientClipping, gcrl.WeightDecay));
        Assert.NotNull(TrainingPresets.GcrlFast.Augmentation.SecondView);
    }

    [Fact]
    public void SpeedIsValidAndItsRateIsATriangle()
    {
        var speed = TrainingPresets.Speed;
        speed.Validate(Cifar);
        var schedule = new LearningRateSchedule(speed, 98);
        double[] rates = [.. Enumerable.Range(0, 30 * 98).Select(step => schedule.At(step))];
        int peak = Array.IndexOf(rates, rates.Max());
        Assert.InRange(peak, 0.2 * rates.Length - 2, 0.2 * rates.Length + 2);
        Assert.Equal(0.4, rates[peak], 1e-3);
        Assert.All(rates, rate => Assert.True(rate > 0));
        Assert.Equal(rates[1] - rates[0], rates[peak - 1] - rates[peak - 2], 1e-12);
        Assert.Equal(rates[^1] - rates[^2], rates[peak + 3] - rates[peak + 2], 1e-12);
        Assert.Equal(-0.4 / (0.8 * (rates.Length + 1)), rates[^1] - rates[^2], 1e-12);
    }

    [Fact]
    public void FastLearnsAndCanBeChanged()
    {
        var options = TrainingPresets.Fast with { Epochs = 3, BatchSize = 16, Device = "cpu", Seed = 2 };
        var rates = new List<double>();
        using var model = ModelTrainer.Train(SmallImages.Patterns(300), options, m => rates.Add(m.LearningRate));
        var test = SmallImages.Patterns(150, seed: 8);
        var scores = model.Score(test);
        int right = Enumerable.Range(0, 150).Count(i => scores.PredictedClass[i] == test.Labels[i]);
        Assert.True(right > 120, $"{right} of 150 were classified right");
        Assert.Equal(5e-7, rates[^1], 12);
    }
}

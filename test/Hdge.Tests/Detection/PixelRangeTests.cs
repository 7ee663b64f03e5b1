using Hdge.Detection;
using Hdge.Training;

namespace Hdge.Tests.Detection;

/// <summary>Input far outside what a model was trained on is never in-distribution, whatever the score that decides says of it.</summary>
public class PixelRangeTests(PixelRangeTests.Trained trained) : IClassFixture<PixelRangeTests.Trained>
{
    public sealed class Trained : IDisposable
    {
        public HdgeModel Model { get; } = ModelTrainer.Train(SmallImages.Patterns(120), SmallImages.Quick with { Augmentation = new() { NoiseDeviation = 3 } });

        public void Dispose() => Model.Dispose();
    }

    private const int Count = 20, Length = 64;

    private readonly HdgeModel _model = trained.Model;
    private readonly ImageSet _train = SmallImages.Patterns(90, 1), _heldOut = SmallImages.Patterns(60, 2), _test = SmallImages.Patterns(Count, 3);

    public static TheoryData<DetectionScore> Scores => [.. DetectorRegistry.All.Except([DetectionScore.Rotation])]; // which asks for a head of its own

    private float[] Unit => [.. _test.Bytes(0, Count).ToArray().Select(b => b / 255f)];

    [Theory]
    [MemberData(nameof(Scores))]
    public void B2_AbsurdInputIsNeverInDistribution(DetectionScore score)
    {
        _model.FitDetectors(_train, _heldOut, new DetectionOptions { Score = score, Detectors = [new NearestNeighborDetector { Neighbors = 3 }] });
        var random = new Random(1);
        float[] unit = Unit;
        (string What, float[] Pixels)[] absurd =
        [
            ("bytes given as Single", [.. unit.Select(v => v * 255)]),
            ("a million times too much", [.. unit.Select(v => v * 1e6f)]),
            ("beyond what the network can take", [.. unit.Select(v => v * 1e30f)]),
            ("bytes less 128", [.. unit.Select(v => v * 255 - 128)]),
            ("divided by 255 twice", [.. unit.Select(v => v / 255)]),
            ("zeros", new float[unit.Length]),
            ("constant", [.. unit.Select(_ => 0.4f)]),
            ("constant and huge", [.. unit.Select(_ => 255f)]),
            ("huge noise", [.. unit.Select(_ => 100 * (random.NextSingle() - 0.5f))]),
        ];
        var scores = new ScoreBatch(Count, 3);
        foreach (var (what, pixels) in absurd)
        {
            _model.Score(pixels, Count, scores);
            Assert.True(!scores.IsInDistribution.Contains(true) && !scores.IsInRange.Contains(true), $"{what}: {scores.IsInDistribution.Count(k => k)} of {Count} in distribution");
            var set = _model.Score(ImageSet.FromSingles(_test.Shape, pixels, _test.Labels.ToArray(), 3));
            Assert.True(!set.IsInDistribution.Contains(true) && !set.IsInRange.Contains(true), $"{what}, as a set");
        }
        _model.Score(new byte[Count * Length], Count, scores);
        Assert.DoesNotContain(true, scores.IsInDistribution);
        _model.Score(unit, Count, scores);
        Assert.DoesNotContain(false, scores.IsInRange);
        Assert.InRange(scores.IsInDistribution.Count(k => k), Count / 2, Count);
    }

    [Fact]
    public void B2_OrdinaryUnknownImagesAreLeftToTheScore()
    {
        var random = new Random(1);
        float[] unit = Unit;
        float[][] ordinary =
        [
            [.. unit.Select(v => 1 - v)],
            [.. unit.Select(_ => random.NextSingle())],
            [.. unit.Select(v => v * 0.2f)],
            [.. unit.Select(v => 1.2f * v - 0.1f)], // what resizing with overshoot gives
            [.. unit.Select(v => v + 0.06f * (random.NextSingle() - 0.5f))],
        ];
        var scores = new ScoreBatch(Count, 3);
        foreach (float[] pixels in ordinary)
        {
            _model.Score(pixels, Count, scores);
            Assert.DoesNotContain(false, scores.IsInRange);
        }
        // The range is that of the stored images, not of those that noise was added to.
        Assert.Equal(0, _model.TrainedRange!.Lowest.Single());
        Assert.Equal(249 / 255f, _model.TrainedRange.Highest.Single(), 1e-6f);
    }

    [Fact]
    public void B2_OneBadImageOfManyIsTheOnlyOneFlagged()
    {
        float[] pixels = [.. Enumerable.Repeat(Unit, 20).SelectMany(v => v)]; // 400 images: more than one forward pass
        for (int i = 300 * Length; i < 301 * Length; i++)
            pixels[i] *= 255;
        var scores = new ScoreBatch(400, 3);
        _model.Score(pixels, 400, scores);
        Assert.Equal([300], Enumerable.Range(0, 400).Where(i => !scores.IsInRange[i]));
        Assert.False(scores.IsInDistribution[300]);
        _model.Score(Unit, Count, scores); // a reused batch starts anew
        Assert.DoesNotContain(false, scores.IsInRange.Take(Count));
    }

    [Fact]
    public void B2_AnOptionMakesItAnException()
    {
        _model.OutOfRange = OutOfRangeAction.Throw;
        try
        {
            var scores = new ScoreBatch(Count, 3);
            _model.Score(Unit, Count, scores);
            float[] pixels = Unit;
            for (int i = 5 * Length; i < 6 * Length; i++)
                pixels[i] *= 255;
            string message = Assert.Throws<ArgumentException>(() => _model.Score(pixels, Count, scores)).Message;
            Assert.All(["Image 5 holds values of ", "far outside the 0 to 0.9765 that the model was trained on", "bytes of 0..255 given as floating-point", "Scale of 1/255"],
                part => Assert.Contains(part, message, StringComparison.Ordinal));
            Assert.Contains("Image 0", Assert.Throws<ArgumentException>(() => _model.Score(new byte[Length], 1, scores)).Message, StringComparison.Ordinal);
            Assert.Contains("blank", Assert.Throws<ArgumentException>(() => _model.Score(ImageSet.FromSingles(_test.Shape, new float[Length], [0], 3))).Message, StringComparison.Ordinal);
        }
        finally
        {
            _model.OutOfRange = OutOfRangeAction.Flag;
        }
    }

    [Fact]
    public void B2_TheRangeIsSavedAndHasNoPartInADecisionItRefuses()
    {
        using var stream = new MemoryStream();
        _model.Save(stream);
        using var loaded = HdgeModel.Load(stream, "cpu");
        Assert.Equal((_model.TrainedRange!.Lowest.Single(), _model.TrainedRange.Highest.Single(), _model.TrainedRange.Contrast),
            (loaded.TrainedRange!.Lowest.Single(), loaded.TrainedRange.Highest.Single(), loaded.TrainedRange.Contrast));

        float[] heldOut = [.. _heldOut.Bytes(0, 60).ToArray().Select(b => b / 255f)];
        loaded.Calibrate(ImageSet.FromSingles(_test.Shape, heldOut, _heldOut.Labels.ToArray(), 3), 0.8);
        double lower = loaded.Decision.Lower;
        float[] mixed = [.. heldOut, .. heldOut.Select(v => v * 255)];
        loaded.Calibrate(ImageSet.FromSingles(_test.Shape, mixed, [.. _heldOut.Labels, .. _heldOut.Labels], 3), 0.8);
        Assert.Equal(lower, loaded.Decision.Lower, 1e-4);
        Assert.Contains("out of range", Assert.Throws<ArgumentException>(() =>
            loaded.Calibrate(ImageSet.FromSingles(_test.Shape, [.. heldOut.Select(v => v * 255)], _heldOut.Labels.ToArray(), 3))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChannelsHaveRangesOfTheirOwn()
    {
        // A channel of 0..1, one of 0..1000, one that never changes; 2 images of 2×2.
        var shape = new ImageShape(3, 2, 2);
        float[] trained = [0, 1, 0.5f, 1, 0, 1000, 500, 3, 7, 7, 7, 7, 1, 0, 1, 1, 1000, 0, 10, 20, 7, 7, 7, 7];
        var range = PixelRange.Of(ImageSet.FromSingles(shape, trained, [0, 1], 2));
        Assert.Equal([0, 0, 7], range.Lowest);
        Assert.Equal([1, 1000, 7], range.Highest);
        Assert.Equal(1000, range.Contrast);
        Assert.True(Admits((5, 1400)));
        Assert.False(Admits((1, 1400))); // usual in another channel
        Assert.False(Admits((5, 1600)));
        Assert.True(Admits((11, 10)));
        Assert.False(Admits((11, 20)));
        Assert.False(Admits((5, 10), (6, 20), (7, 30))); // in range, but with a contrast of 30

        bool Admits(params (int Index, float Value)[] changes)
        {
            float[] pixels = trained[..12];
            foreach (var (index, value) in changes)
                pixels[index] = value;
            return range.Admits(ImageSet.FromSingles(shape, pixels, [0], 2), 0);
        }
    }

    [Fact]
    public void DamagedRangesAreRefused()
    {
        var good = new PixelRange { Lowest = [0], Highest = [1], Contrast = 1 };
        good.Validate(1);
        foreach (var bad in new[] { good with { Lowest = [2] }, good with { Highest = [float.NaN] }, good with { Contrast = -1 }, good with { Lowest = [] }, good with { Highest = null! } })
            Assert.Throws<InvalidDataException>(() => bad.Validate(1));
        foreach (var bad in new[] { Decision.Open with { Lower = double.NaN }, Decision.Open with { Lower = 2, Upper = 1 }, Decision.Open with { Score = DetectionScore.Auto }, Decision.Open with { Score = null! } })
            Assert.Throws<InvalidDataException>(bad.Validate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(101)]
    public void ExtentsEqualThoseOfAPlainLoop(int length)
    {
        var random = new Random(length);
        float[] singles = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
        var bytes = new byte[length];
        random.NextBytes(bytes);
        Assert.Equal(new Extent(singles.Min(), singles.Max()), Extent.Of<float>(singles));
        Assert.Equal(new Extent(bytes.Min(), bytes.Max()), Extent.Of<byte>(bytes));
        Assert.Equal(new Extent(-singles.Max(), -singles.Min()), Extent.Of<float>(singles).Times(-1));
    }
}

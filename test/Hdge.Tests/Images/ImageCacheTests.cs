using Hdge.Detection;
using Hdge.Training;

namespace Hdge.Tests.Images;

public sealed class ImageCacheTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    private ImageCacheOptions Disk => new() { Kind = ImageCache.Disk, Folder = _folder["cache"] };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ImagesOnDiskAreTheImagesInMemory(bool asSingles)
    {
        var shape = new ImageShape(2, 5, 7);
        using var memory = Random(shape, 101, asSingles, new());
        using var disk = Random(shape, 101, asSingles, Disk);
        Assert.Equal((false, true), (memory.IsOnDisk, disk.IsOnDisk));
        Assert.Equal(memory.IsBytes, disk.IsBytes);
        AssertSame(memory, disk);
        int[] some = [7, 3, 3, 100, 4, 5, 6];
        AssertSame(memory.Subset(some), disk.Subset(some));
        AssertSame(memory.Subset(some).Subset([6, 5, 0]), disk.Subset(some).Subset([6, 5, 0]));
        AssertSame(memory.Split(0.3, 5).HeldOut, disk.Split(0.3, 5).HeldOut);
        Assert.Equal(PixelRange.Of(memory).Highest, PixelRange.Of(disk).Highest);
        var augmentation = new AugmentationOptions { CropPadding = 2, HorizontalFlip = true };
        Assert.Equal(Batches(memory, augmentation), Batches(disk, augmentation));
        var views = new AugmentationOptions { Views = new() };
        if (!asSingles)
            Assert.Equal(Batches(memory, views), Batches(disk, views));
    }

    /// <summary>In memory, in an array, on disk: whatever holds the images, runs of them are what single ones are.</summary>
    private static void AssertSame(ImageSet expected, ImageSet actual)
    {
        Assert.Equal(expected.Labels.ToArray(), actual.Labels.ToArray());
        for (int first = 0; first < expected.Count; first += 3)
        {
            int count = Math.Min(5, expected.Count - first);
            if (expected.IsBytes)
                Assert.Equal(Enumerable.Range(first, count).SelectMany(i => expected.Bytes(i).ToArray()), actual.Bytes(first, count).ToArray());
            else
                Assert.Equal(Enumerable.Range(first, count).SelectMany(i => expected.Singles(i).ToArray()), actual.Singles(first, count).ToArray());
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => expected.IsBytes ? actual.Bytes(expected.Count).Length : actual.Singles(expected.Count).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => expected.IsBytes ? actual.Bytes(-1).Length : actual.Singles(-1).Length);
    }

    [Fact]
    public void TheFileHasNoNameToLeaveBehind()
    {
        using var disk = Random(new(1, 8, 8), 20, false, Disk);
        if (!OperatingSystem.IsWindows()) // there the system deletes it with the last handle, whoever held it
            Assert.Empty(Directory.GetFiles(_folder["cache"]));
        disk.Dispose();
        Assert.Empty(Directory.GetFiles(_folder["cache"]));
        Assert.Throws<ObjectDisposedException>(() => disk.Bytes(0).Length);
        Assert.Throws<ObjectDisposedException>(() => disk.Subset([1]).Bytes(0).Length);
    }

    [Fact]
    public void AutoGoesToDiskWhereTheImagesOutgrowMemory()
    {
        var auto = new ImageCacheOptions { Folder = _folder["cache"], MostMemory = 50 * 64 };
        using var small = Random(new(1, 8, 8), 50, false, auto);
        using var large = Random(new(1, 8, 8), 51, false, auto);
        using var known = new ImageSetBuilder(new(1, 8, 8), cache: auto, expectedCount: 51);
        known.Add(new byte[64], 0);
        using var expected = known.Build(1);
        Assert.Equal((false, true, true), (small.IsOnDisk, large.IsOnDisk, expected.IsOnDisk));
        AssertSame(Random(new(1, 8, 8), 51, false, new()), large);
        // Values that bytes cannot tell come late: what is on disk is written anew, as floating point.
        using var builder = new ImageSetBuilder(new(1, 8, 8), cache: auto);
        for (int i = 0; i < 60; i++)
            builder.Add([.. Enumerable.Range(0, 64).Select(v => i == 55 ? 0.123456f : (v + i) / 255f)], 0);
        using var mixed = builder.Build(1);
        Assert.Equal((true, false), (mixed.IsOnDisk, mixed.IsBytes));
        Assert.Equal(Enumerable.Range(0, 64).Select(v => (v + 59) / 255f), mixed.Singles(59).ToArray());
        Assert.Equal(Enumerable.Range(0, 64).Select(v => (v + 3) / 255f), mixed.Singles(3).ToArray());
        Assert.Equal(0.123456f, mixed.Singles(55)[9]);
        Assert.Throws<InvalidOperationException>(() => builder.Build(1));
        Assert.Throws<InvalidOperationException>(() => builder.Add(new byte[64], 0));
    }

    [Fact]
    public void ImagesOfManyArraysAreOneSet()
    {
        var shape = new ImageShape(1, 4096, 4096); // four an array
        var builder = new ImageSetBuilder(shape);
        var image = new byte[shape.Length];
        for (int i = 0; i < 6; i++)
        {
            image.AsSpan().Fill((byte)(10 * i));
            builder.Add(image, 0);
        }
        var set = builder.Build(1);
        Assert.Equal([0, 10, 20, 30, 40, 50], Enumerable.Range(0, 6).Select(i => (int)set.Bytes(i)[shape.Length - 1]));
        var run = set.Bytes(3, 2); // across two of them
        Assert.Equal((30, 30, 40, 40), (run[0], run[shape.Length - 1], run[shape.Length], run[^1]));
    }

    [Fact]
    public void ALimitIsToldAtOnceWhereTheNumberIsKnownAndElseWhenItIsReached()
    {
        var limited = Disk with { MostBytes = 640 };
        string known = Assert.Throws<IOException>(() => new ImageSetBuilder(new(1, 8, 8), cache: limited, expectedCount: 11)).Message;
        Assert.Contains("need 704 bytes on disk, more than MostBytes, 640", known, StringComparison.Ordinal);
        string reached = Assert.Throws<IOException>(() => Random(new(1, 8, 8), 11, false, limited)).Message;
        Assert.Contains("After 10 images", reached, StringComparison.Ordinal);
        string room = Assert.Throws<IOException>(() => new ImageSetBuilder(new(1, 30000, 30000), cache: Disk, expectedCount: int.MaxValue)).Message;
        Assert.Contains("free", room, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageSetBuilder(new(1, 8, 8), cache: Disk with { MostBytes = 0 }));
        Assert.Empty(Directory.Exists(_folder["cache"]) ? Directory.GetFiles(_folder["cache"]) : []);
        string file = _folder.Write("file", [1]);
        Assert.Contains("cannot be kept", Assert.Throws<IOException>(() => new ImageSetBuilder(new(1, 8, 8), cache: Disk with { Folder = file })).Message, StringComparison.Ordinal);
    }

    [TmpfsFact]
    public void AFullDiskIsToldBeforeTrainingBegins()
    {
        using var disk = new Tmpfs("64k");
        string message = Assert.Throws<IOException>(() => Random(new(1, 8, 8), 2000, false, new() { Kind = ImageCache.Disk, Folder = disk.Folder })).Message;
        Assert.Contains($"in '{disk.Folder}' could not be written on after 1024 images", message, StringComparison.Ordinal);
        Assert.Contains("CacheFolder", message, StringComparison.Ordinal);
        using var again = Random(new(1, 8, 8), 500, false, new() { Kind = ImageCache.Disk, Folder = disk.Folder }); // the room was given back
        Assert.True(again.IsOnDisk);
    }

    [Fact]
    public void TrainingOnDiskIsTrainingInMemory()
    {
        using var disk = new ImageSetBuilder(SmallImages.Shape, cache: Disk);
        var memory = SmallImages.Patterns(90);
        for (int i = 0; i < memory.Count; i++)
            disk.Add(memory.Bytes(i), memory.Labels[i]);
        using var images = disk.Build(3);
        var options = SmallImages.Quick with { Epochs = 1, Detection = new() { Score = DetectionScore.Auto } };
        using var one = ModelTrainer.Train(memory, options);
        using var other = ModelTrainer.Train(images, options);
        var test = SmallImages.Patterns(30, seed: 9);
        Assert.Equal(one.Score(test).LogDensity, other.Score(test).LogDensity);
        Assert.Equal(one.Decision, other.Decision);
    }

    private static ImageSet Random(ImageShape shape, int count, bool asSingles, ImageCacheOptions cache)
    {
        var random = new Random(3);
        using var builder = new ImageSetBuilder(shape, asSingles, cache);
        var bytes = new byte[shape.Length];
        for (int i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            if (asSingles)
                builder.Add([.. bytes.Select(b => b / 300f)], i % 3);
            else
                builder.Add(bytes, i % 3);
        }
        return builder.Build(3);
    }

    private static List<float[]> Batches(ImageSet images, AugmentationOptions augmentation) =>
        [.. new BatchLoader(images, 16, new PixelScaling(), augmentation, shuffle: true, seed: 4).Epoch(1).Select(b => b.Pixels.ToArray())];
}

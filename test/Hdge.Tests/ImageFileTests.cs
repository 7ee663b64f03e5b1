using System.IO.Compression;

namespace Hdge.Tests;

public sealed class ImageFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, params byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private string Gzip(string name, byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(content);
        return Write(name, packed.ToArray());
    }

    private static readonly byte[] s_images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, .. Enumerable.Range(10, 12).Select(v => (byte)v)];
    private static readonly byte[] s_labels = [0, 0, 8, 1, 0, 0, 0, 2, 4, 1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void IdxIsReadPlainAndPacked(bool gzip)
    {
        var set = IdxReader.Read(gzip ? Gzip("i", s_images) : Write("i", s_images), gzip ? Gzip("l", s_labels) : Write("l", s_labels));
        Assert.Equal(new ImageShape(1, 2, 3), set.Shape);
        Assert.Equal(5, set.ClassCount);
        Assert.Equal([4, 1], set.Labels.ToArray());
        Assert.Equal([16, 17, 18, 19, 20, 21], set.Bytes(1).ToArray());
    }

    [Fact]
    public void DamagedIdxIsRefusedWithItsName()
    {
        string labels = Write("l", s_labels);
        Refused(Write("short", s_images[..^1]), labels, "holds 11 values, its header says 12");
        Refused(Write("long", [.. s_images, 0]), labels, "holds 13 values");
        Refused(Write("magic", [1, .. s_images[1..]]), labels, "not an IDX file");
        Refused(Write("type", [0, 0, 13, 3, .. s_images[4..]]), labels, "0x0D");
        Refused(Write("huge", [0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255]), labels, "its header says");
        Refused(Write("header", [0, 0, 8, 3, 0]), labels, "cut off");
        Refused(Write("i", s_images), Write("one", [0, 0, 8, 1, 0, 0, 0, 1, 4]), "2 images");
        byte[] packed = File.ReadAllBytes(Gzip("gz", [.. s_images, .. new byte[5000]]));
        Refused(Write("cut", packed[..^6]), labels, "'");
        Assert.Throws<FileNotFoundException>(() => IdxReader.Read(Path.Combine(_folder, "none"), labels));

        static void Refused(string images, string labels, string says)
        {
            var error = Assert.Throws<InvalidDataException>(() => IdxReader.Read(images, labels));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CifarIsReadInBothLayouts()
    {
        byte[] image = [.. Enumerable.Range(0, 3072).Select(v => (byte)(v * 7))];
        var ten = CifarReader.Read([Write("a", [3, .. image]), Gzip("b", [9, .. image, 0, .. image])]);
        Assert.Equal([3, 9, 0], ten.Labels.ToArray());
        Assert.Equal(image, ten.Bytes(2).ToArray());
        var hundred = CifarReader.Read([Write("c", [11, 70, .. image])], 100, 2);
        Assert.Equal([70], hundred.Labels.ToArray());
        Assert.Contains("3073", Assert.Throws<InvalidDataException>(() => CifarReader.Read([Write("d", image)])).Message, StringComparison.Ordinal);
        Assert.Contains("label 10", Assert.Throws<InvalidDataException>(() => CifarReader.Read([Write("e", [10, .. image])])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FloatingPointImagesAreKeptAsBytesWhileTheyAreWholeSteps()
    {
        var shape = new ImageShape(1, 1, 256);
        float[] steps = [.. Enumerable.Range(0, 256).Select(v => v / 255f)];
        var builder = new ImageSetBuilder(shape);
        builder.Add(steps, 0);
        builder.Add([.. Enumerable.Range(0, 256).Select(v => (float)v)], 1, scale: 1 / 255f);
        var whole = builder.Build(2);
        Assert.True(whole.IsBytes);
        Assert.Equal(whole.Bytes(0).ToArray(), whole.Bytes(1).ToArray());
        float[] odd = [.. steps.Select(v => v * 0.999f)];
        builder.Add(odd, 1);
        var mixed = builder.Build(2);
        Assert.False(mixed.IsBytes);
        Assert.Equal(steps, mixed.Singles(0).ToArray());
        Assert.Equal(odd, mixed.Singles(2).ToArray());
        Assert.Throws<ArgumentException>(() => builder.Add([.. steps[1..], float.NaN], 0));
    }

    [Fact]
    public void ASplitKeepsTheSharesOfTheClassesAndEveryImageOnce()
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i < 60 ? 0 : i < 99 ? 1 : 2)];
        var set = ImageSet.FromBytes(new ImageShape(1, 1, 1), [.. Enumerable.Range(0, 100).Select(i => (byte)i)], labels, 3);
        var (train, heldOut) = set.Split(0.2, seed: 1);
        Assert.Equal(Enumerable.Range(0, 100), train.Bytes(0, train.Count).ToArray().Concat(heldOut.Bytes(0, heldOut.Count).ToArray()).Select(b => (int)b).Order());
        Assert.Equal(12, heldOut.Labels.ToArray().Count(l => l == 0));
        Assert.Equal(8, heldOut.Labels.ToArray().Count(l => l == 1));
        Assert.Equal(1, train.Labels.ToArray().Count(l => l == 2)); // a class never gives its only image
        var again = set.Split(0.2, seed: 1).HeldOut;
        Assert.Equal(heldOut.Bytes(0, heldOut.Count).ToArray(), again.Bytes(0, again.Count).ToArray());
    }
}

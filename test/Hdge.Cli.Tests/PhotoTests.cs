using Hdge.Cli.Data;
using Hdge.Data;
using SkiaSharp;

namespace Hdge.Cli.Tests;

public sealed class PhotoTests : IDisposable
{
    private static readonly ImageShape s_color = new(3, 4, 4), s_grey = new(1, 4, 4);
    private readonly Files _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_png_of_the_shape_keeps_its_values()
    {
        string file = _files.Photo("a.png", 4, 4, (x, y) => new((byte)(10 * x), (byte)(20 * y), (byte)(x + y)));
        byte[] pixels = Read(s_color, file);
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 4; x++)
                Assert.Equal((10 * x, 20 * y, x + y), (pixels[4 * y + x], pixels[16 + 4 * y + x], pixels[32 + 4 * y + x]));
        byte[] grey = Read(s_grey, file);
        Assert.Equal(Math.Round(0.3 * 30 + 0.59 * 20 + 0.11 * 4), grey[4 * 1 + 3]);
        Assert.All(Read(s_grey, _files.Photo("b.png", 4, 4, (x, y) => new(77, 77, 77))), v => Assert.Equal(77, v));
        Assert.All(Read(s_grey, _files.Photo("c.png", 4, 4, (x, y) => new(200, 200, 200, 0))), v => Assert.Equal(0, v)); // transparent
    }

    [Theory]
    [InlineData(40, 12)]
    [InlineData(12, 40)]
    [InlineData(6, 3)]
    public void Another_size_keeps_its_proportions_and_its_middle(int width, int height)
    {
        // Red in the largest square in the middle, blue around it.
        int side = Math.Min(width, height);
        string file = _files.Photo("a.png", width, height, (x, y) => Math.Abs(2 * x + 1 - width) < side && Math.Abs(2 * y + 1 - height) < side ? SKColors.Red : SKColors.Blue);
        byte[] pixels = Read(s_color, file);
        foreach (int at in new[] { 5, 6, 9, 10 }) // its border mixes with what is cut off
            Assert.Equal((255, 0, 0), (pixels[at], pixels[16 + at], pixels[32 + at]));
        Assert.All(pixels[..16], v => Assert.True(v > 60));
    }

    [Fact]
    public void What_is_no_image_is_told_and_the_rest_is_read()
    {
        string good = _files.Photo("good.jpg", 8, 8, (x, y) => new(90, 90, 90)), bytes = _files["notes.png"], empty = _files["empty.png"], cut = _files["cut.png"];
        File.WriteAllText(bytes, "not an image at all");
        File.WriteAllBytes(empty, []);
        File.WriteAllBytes(cut, File.ReadAllBytes(_files.Photo("whole.png", 64, 64, (x, y) => new((byte)(x * y), (byte)(37 * x), (byte)(91 * y))))[..600]);
        var pixels = new byte[5 * s_color.Length];
        string?[] reasons = new PhotoReader(s_color, new()).Read([bytes, good, empty, cut, _files["none.png"]], pixels);
        Assert.Null(reasons[1]);
        Assert.All(pixels[s_color.Length..(2 * s_color.Length)], v => Assert.InRange(v, 88, 92));
        Assert.Contains("known format", reasons[0], StringComparison.Ordinal);
        Assert.Contains("empty", reasons[2], StringComparison.Ordinal);
        Assert.Contains("cut off", reasons[3], StringComparison.Ordinal);
        Assert.Contains("none.png", reasons[4], StringComparison.Ordinal);
        Assert.Contains("1 or 3", Assert.Throws<ArgumentException>(() => new PhotoReader(new(4, 4, 4), new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_are_classes_in_the_order_of_their_names_and_every_limit_has_all_of_them()
    {
        foreach (var (name, value) in new[] { ("zebra", 30), ("ape", 10), ("cat", 20) })
            for (int i = 0; i < 3; i++)
                _files.Photo(FormattableString.Invariant($"set/train/{name}/{i}.png"), 4, 4, (x, y) => new((byte)(value + i), 0, 0));
        _files.Photo("set/test/zebra/0.png", 4, 4, (x, y) => new(31, 0, 0));
        var data = DataFolder.Load(_files["set"], 4, s_color);
        Assert.Equal(["ape", "cat", "zebra"], data.ClassNames!);
        Assert.Equal([0, 1, 2, 0], data.Train.Labels.ToArray());
        Assert.Equal([10, 20, 30, 11], Enumerable.Range(0, 4).Select(i => (int)data.Train.Bytes(i)[0]));
        Assert.Equal((1, 2), (data.Test!.Count, data.Test.Labels[0]));
        Assert.Equal(9, DataFolder.Load(_files["set/train"]).Train.Count);
        Assert.Equal(ShapeText.Default, DataFolder.Load(_files["set/train"]).Train.Shape);
        Assert.Equal([2], DataFolder.LoadTest(_files["set"], classCount: 3, shape: s_color, classNames: data.ClassNames).Labels.ToArray());
        Assert.Contains("1 classes", Assert.Throws<InvalidDataException>(() => DataFolder.LoadTest(_files["set"], classCount: 3, shape: s_color)).Message, StringComparison.Ordinal);
        Assert.Contains("'zebra'", Assert.Throws<InvalidDataException>(() => DataFolder.LoadTest(_files["set"], classCount: 2, shape: s_color, classNames: ["ape", "cat"])).Message, StringComparison.Ordinal);
        File.WriteAllText(_files["set/train/cat/notes.txt"], "x");
        Assert.Contains("notes.txt", Assert.Throws<InvalidDataException>(() => DataFolder.Load(_files["set"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_photographs_end_a_command_or_are_told_and_left_out()
    {
        foreach (var (name, value) in new[] { ("dark", 30), ("light", 200) })
            for (int i = 0; i < 12; i++)
                _files.Photo(FormattableString.Invariant($"set/train/{name}/{i}.png"), 8, 8, (x, y) => new((byte)(value + i), (byte)(value + x), (byte)value));
        _files.Photo("set/test/light/0.png", 8, 8, (x, y) => new(200, 200, 200));
        File.WriteAllText(_files["set/train/dark/list.txt"], "no image");
        File.WriteAllBytes(_files["set/test/light/empty.jpg"], []);
        string[] train = ["train", "--objective", "in-batch", "--dataset", _files["set"], "--shape", "3x8x8", "--epochs", "1", "--device", "cpu", "--out", _files["run"]];
        var (exit, _, errors) = Terminal.Run(train);
        Assert.Equal(ExitCodes.BadInput, exit);
        Assert.Contains("list.txt': it is no image", errors, StringComparison.Ordinal);
        Assert.EndsWith(". --skip-damaged goes on without it.", errors.TrimEnd(), StringComparison.Ordinal);

        (exit, string output, errors) = Terminal.Run([.. train, "--skip-damaged"]);
        Assert.Equal(0, exit);
        Assert.Contains("24 training and 1 test images", output, StringComparison.Ordinal);
        Assert.Collection(errors.TrimEnd().Split(Environment.NewLine),
            line => Assert.StartsWith($"skipped '{_files["set/train/dark/list.txt"]}': it is no image", line, StringComparison.Ordinal),
            line => Assert.Equal($"skipped '{_files["set/test/light/empty.jpg"]}': the file is empty", line));

        string[] report = ["report", "--model", _files["run/model.hdge"], "--known", _files["set"], "--unknown", "dark=" + _files["set/train/dark"], "--device", "cpu", "--out", _files["report.html"]];
        Assert.Contains("empty.jpg", Terminal.Run(report).Errors, StringComparison.Ordinal);
        (exit, _, errors) = Terminal.Run([.. report, "--skip-damaged"]);
        Assert.Equal(0, exit);
        Assert.All(["empty.jpg", "list.txt"], name => Assert.Contains(name, errors, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("32x32")]
    [InlineData("2x8x8")]
    [InlineData("3x0x8")]
    [InlineData("3x8x-8")]
    [InlineData("3x8x99999999999")]
    public void Other_shapes_are_refused(string text) => Assert.Contains($"'{text}'", Assert.Throws<ArgumentException>(() => ShapeText.Parse(text)).Message, StringComparison.Ordinal);

    private static byte[] Read(ImageShape shape, string file)
    {
        var pixels = new byte[shape.Length];
        Assert.Null(Assert.Single(new PhotoReader(shape, new()).Read([file], pixels)));
        return pixels;
    }
}

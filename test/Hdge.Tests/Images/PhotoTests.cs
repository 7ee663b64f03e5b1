using SkiaSharp;

namespace Hdge.Tests.Images;

public sealed class PhotoTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Red, green, blue and white quarters as they are seen, stored as each of the eight orientations says.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void TheCamerasTurnIsApplied(byte orientation)
    {
        const int Width = 48, Height = 32;
        // Where a pixel of the file is seen: EXIF 2.3, tag 0x0112.
        (int X, int Y) Seen(int x, int y) => orientation switch
        {
            1 => (x, y),
            2 => (Width - 1 - x, y),
            3 => (Width - 1 - x, Height - 1 - y),
            4 => (x, Height - 1 - y),
            5 => (y, x),
            6 => (Width - 1 - y, x),
            7 => (Width - 1 - y, Height - 1 - x),
            _ => (y, Height - 1 - x),
        };
        bool lies = orientation >= 5;
        byte[] jpeg = Pictures.Turned(Pictures.Encode(lies ? Height : Width, lies ? Width : Height, (x, y) => Quarter(Seen(x, y)), SKEncodedImageFormat.Jpeg), orientation);
        foreach (var shape in new[] { new ImageShape(3, Height, Width), new ImageShape(3, 8, 12), new ImageShape(3, 64, 96) }) // as it is, smaller, larger
        {
            byte[] pixels = Read(jpeg, shape);
            foreach (var (x, y) in new[] { (1, 1), (shape.Width - 2, 1), (1, shape.Height - 2), (shape.Width - 2, shape.Height - 2) })
            {
                var expected = Quarter((x * Width / shape.Width, y * Height / shape.Height));
                int at = y * shape.Width + x, plane = shape.Width * shape.Height;
                Assert.InRange(Math.Abs(pixels[at] - expected.Red) + Math.Abs(pixels[plane + at] - expected.Green) + Math.Abs(pixels[2 * plane + at] - expected.Blue), 0, 60);
            }
        }

        static SKColor Quarter((int X, int Y) at) => (at.X < Width / 2, at.Y < Height / 2) switch
        {
            (true, true) => SKColors.Red,
            (false, true) => new SKColor(0, 255, 0),
            (true, false) => SKColors.Blue,
            _ => SKColors.White,
        };
    }

    [Fact]
    public void CmykIsReadAsColours()
    {
        byte[] pixels = Read(Pictures.Cmyk, new(3, 8, 8));
        Near([0, 255, 255], [pixels[4], pixels[64 + 4], pixels[128 + 4]]);
        Near([255, 255, 0], [pixels[60], pixels[64 + 60], pixels[128 + 60]]);
    }

    [Fact]
    public void GreyFilesHaveThreeEqualChannelsAndOneAlike()
    {
        Assert.All(Read(Pictures.GreyJpeg, new(3, 8, 8)), v => Assert.InRange(v, 89, 91));
        Assert.All(Read(Pictures.GreyJpeg, new(1, 8, 8)), v => Assert.InRange(v, 89, 91));
    }

    [Fact]
    public void OfAnAnimationTheFirstPictureIsTaken()
    {
        byte[] pixels = Read(Pictures.AnimatedGif, new(3, 4, 4));
        Assert.Equal([.. Enumerable.Repeat((byte)255, 16), .. new byte[32]], pixels);
    }

    [Fact]
    public void WhatIsTransparentBecomesBlack()
    {
        byte[] png = Pictures.Encode(4, 4, (x, _) => new SKColor(200, 100, 40, x < 2 ? (byte)0 : (byte)255));
        Assert.Equal([0, 0, 200, 200], Read(png, new(3, 4, 4))[..4]);
    }

    [Theory]
    [InlineData(PhotoResizing.Crop, new byte[] { 255, 255, 255, 255 })]
    [InlineData(PhotoResizing.Pad, new byte[] { 0, 255, 255, 0 })]
    [InlineData(PhotoResizing.Stretch, new byte[] { 255, 255, 255, 255 })]
    public void OtherProportionsAreCroppedPaddedOrStretched(PhotoResizing resizing, byte[] column)
    {
        // 80×40, white, with black edges of 4 left and right, which only a crop loses.
        byte[] png = Pictures.Encode(80, 40, (x, _) => x is < 4 or >= 76 ? SKColors.Black : SKColors.White);
        byte[] pixels = Read(png, new(1, 40, 40), new() { Resizing = resizing });
        Assert.Equal(column, new[] { 2, 15, 25, 37 }.Select(y => pixels[y * 40 + 20]));
        Assert.Equal(resizing == PhotoResizing.Crop ? 255 : 0, pixels[20 * 40]);
    }

    [Fact]
    public void ALargeJpegIsDecodedToAPartAndLooksTheSame()
    {
        // Slow waves: every way of scaling down must give about the same.
        static SKColor Wave(double x, double y) => new((byte)(128 + 100 * Math.Sin(6 * x)), (byte)(128 + 100 * Math.Cos(5 * y)), (byte)(200 * x));
        byte[] pixels = Read(Pictures.Encode(1280, 960, (x, y) => Wave(x / 960.0, y / 960.0), SKEncodedImageFormat.Jpeg), new(3, 48, 48));
        for (int i = 0; i < 48 * 48; i++)
        {
            var expected = Wave((160 + (i % 48 + 0.5) * 20) / 960, (i / 48 + 0.5) * 20 / 960);
            Near([expected.Red, expected.Green, expected.Blue], [pixels[i], pixels[48 * 48 + i], pixels[2 * 48 * 48 + i]], 8);
        }
    }

    [Fact]
    public void WhatIsNoImageIsToldWithItsReason()
    {
        byte[] jpeg = Pictures.Encode(64, 64, (x, y) => new((byte)(x * y), (byte)(3 * x), (byte)(5 * y)), SKEncodedImageFormat.Jpeg);
        var cases = new (string Name, byte[] Content, string Reason)[]
        {
            ("empty.jpg", [], "the file is empty"),
            ("text.png", "no image"u8.ToArray(), "known format"),
            ("cut.jpg", jpeg[..(jpeg.Length / 2)], "damaged or cut off"),
            ("header.jpg", jpeg[..40], "known format"),
            ("bomb.png", Pictures.Claiming(60_000, 60_000), "60000x60000 pixels, more than MostPixels, 100000000"),
            ("wide.png", Pictures.Claiming(int.MaxValue, 1), "known format"),
            ("nothing.png", Pictures.Claiming(0, 7), "known format"),
        };
        string[] paths = [.. cases.Select(c => _folder.Write(c.Name, c.Content)), _folder["absent.png"], _folder.Path, "a\0b"];
        var before = GC.GetTotalAllocatedBytes(true);
        string?[] reasons = new PhotoReader(new(3, 8, 8), new()).Read(paths, new byte[paths.Length * 192]);
        Assert.True(GC.GetTotalAllocatedBytes(true) - before < 10_000_000);
        Assert.All(cases.Zip(reasons), pair => Assert.Contains(pair.First.Reason, pair.Second, StringComparison.Ordinal));
        Assert.All(reasons[cases.Length..], Assert.NotNull);
        Assert.Contains("8x8 pixels, more than MostPixels, 63", new PhotoReader(new(3, 8, 8), new() { MostPixels = 63 }).Read([_folder.Write("ok.jpg", Pictures.GreyJpeg)], new byte[192])[0], StringComparison.Ordinal);
    }

    private byte[] Read(byte[] content, ImageShape shape, PhotoOptions? options = null)
    {
        var pixels = new byte[shape.Length];
        Assert.Null(Assert.Single(new PhotoReader(shape, options ?? new()).Read([_folder.Write("picture", content)], pixels)));
        return pixels;
    }

    private static void Near(byte[] expected, byte[] actual, int tolerance = 6) => Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
}

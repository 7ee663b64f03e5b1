using System.Buffers.Binary;
using System.Text;
using SkiaSharp;

namespace Services.Tests;

/// <summary>A hundred kinds of uploads that are no picture, each with the status that it gets.</summary>
internal static class Malformed
{
    internal sealed record Upload(string Name, byte[] Content, int Status, string? Type = "image/png", string Query = "", string? Encoding = null);

    public static IEnumerable<Upload> All()
    {
        byte[] png = Encode(SKEncodedImageFormat.Png), jpeg = Encode(SKEncodedImageFormat.Jpeg), webp = Encode(SKEncodedImageFormat.Webp), bmp = Bmp(20, 20), gif = Gif();
        yield return new("empty", [], 422);
        foreach (string text in new[] { "x", "hello, world", "<html><body>no</body></html>", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "{\"image\": \"\"}", "%PDF-1.7\n1 0 obj", "GIF", "#!/bin/sh\necho", "P6 2 2 255 abcdefghijkl", "P1 1 1 0", "data:image/png;base64,iVBORw0KGgo=", "iVBORw0KGgoAAAANSUhEUg==", "/etc/passwd", "http://localhost/", "\u0000" })
            yield return new($"text '{text[..Math.Min(12, text.Length)]}'", Encoding.UTF8.GetBytes(text), 415);
        foreach (var (name, head) in new (string, byte[])[]
        {
            ("TIFF little-endian", [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]), ("TIFF big-endian", [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8]), ("icon", [0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0]), ("WBMP", [0, 0, 4, 4, 0xF0, 0xF0, 0xF0, 0xF0]),
            ("HEIF", [0, 0, 0, 24, .. "ftypheic"u8]), ("AVIF", [0, 0, 0, 24, .. "ftypavif"u8]), ("PSD", [.. "8BPS"u8, 0, 1]), ("ZIP", [0x50, 0x4B, 3, 4]), ("gzip", [0x1F, 0x8B, 8, 0]), ("ELF", [0x7F, .. "ELF"u8]), ("MP4", [0, 0, 0, 24, .. "ftypisom"u8]),
            ("JPEG 2000", [0, 0, 0, 12, .. "jP  \r\n"u8]), ("NumPy", [0x93, .. "NUMPY"u8, 1, 0]), ("JPEG XL", [0xFF, 0x0A, 0xFA, 0x7F]),
        })
            yield return new(name, [.. head, .. new byte[200]], 415);
        foreach (int seed in Enumerable.Range(1, 8))
            yield return new($"noise {seed}", Noise(seed, 1 << seed + 3), 415);
        foreach (int length in new[] { 1, 7, 8, 12, 20, 28 })
            yield return new($"PNG cut after {length}", png[..length], 415);
        foreach (int part in new[] { 20, 40, 60, 80 })
            yield return new($"PNG cut at {part} %", png[..(png.Length * part / 100)], 422);
        foreach (int length in new[] { 1, 2, 3, 10, 20 })
            yield return new($"JPEG cut after {length}", jpeg[..length], 415, "image/jpeg");
        foreach (int part in new[] { 70, 80, 90 })
            yield return new($"JPEG cut at {part} %", jpeg[..(jpeg.Length * part / 100)], 422, "image/jpeg");
        foreach (int length in new[] { 4, 12, 16, 20 })
            yield return new($"WebP cut after {length}", webp[..length], 415, "image/webp");
        foreach (int part in new[] { 50, 90 })
            yield return new($"WebP cut at {part} %", webp[..(webp.Length * part / 100)], 422, "image/webp");
        foreach (int length in new[] { 2, 14, 30 })
            yield return new($"BMP cut after {length}", bmp[..length], 415, "image/bmp");
        yield return new("BMP cut in its pixels", bmp[..(bmp.Length / 2)], 422, "image/bmp");
        foreach (int length in new[] { 3, 6, 10 })
            yield return new($"GIF cut after {length}", gif[..length], 415, "image/gif");
        yield return new("PNG with a wrong header sum", Changed(png, 29, 0x55), 415);
        yield return new("PNG without pixels", [.. png[..33], .. png[^12..]], 415);
        yield return new("PNG with damaged pixels", Changed(png, 60, 0xAA), 422);
        yield return new("PNG of width 0", Sized(png, 0, 20), 415);
        yield return new("PNG of height 0", Sized(png, 20, 0), 415);
        foreach (var (width, height) in new[] { (50_000, 50_000), (900_000, 1000), (1000, 900_000), (4001, 4000), (999_999, 999_999) })
            yield return new($"PNG that says {width}x{height}", Sized(png, width, height), 413);
        foreach (var (width, height) in new[] { (30_000, 30_000), (5000, 5000) })
            yield return new($"BMP that says {width}x{height}", Bmp(20, 20, width, height), 413, "image/bmp");
        foreach (string type in new[] { "text/plain", "text/html", "application/json", "application/xml", "application/pdf", "application/zip", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "video/mp4", "audio/wav", "font/woff", "imagepng", "*/*", "/", "model/obj" })
            yield return new($"type {type}", png, 415, type);
        foreach (string encoding in new[] { "gzip", "br", "deflate", "nonsense" })
            yield return new($"encoding {encoding}", png, 415, Encoding: encoding);
        foreach (string top in new[] { "0", "-1", "abc", "1.5", "99999999999", "%00" })
            yield return new($"top {top}", png, 400, Query: $"?top={top}");
        yield return new("more bytes than may be", new byte[(1 << 20) + 1], 413);
    }

    public static byte[] Encode(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(64, 64);
        byte[] noise = Noise(5, 64 * 64 * 3);
        bitmap.Pixels = [.. Enumerable.Range(0, 64 * 64).Select(i => new SKColor(noise[3 * i], noise[3 * i + 1], noise[3 * i + 2]))];
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    public static byte[] Bmp(int width, int height, int? saysWidth = null, int? saysHeight = null)
    {
        byte[] file = new byte[54 + width * height * 4];
        "BM"u8.CopyTo(file);
        foreach (var (at, value) in new[] { (2, file.Length), (10, 54), (14, 40), (18, saysWidth ?? width), (22, saysHeight ?? height), (28, 32) })
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), 32);
        return file;
    }

    public static byte[] Gif() => [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];

    private static byte[] Changed(byte[] file, int at, byte by)
    {
        byte[] copy = [.. file];
        copy[at] ^= by;
        return copy;
    }

    /// <summary>Another size in the header, with its sum put right.</summary>
    private static byte[] Sized(byte[] png, int width, int height)
    {
        byte[] copy = [.. png];
        BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(copy.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(29), Crc(copy.AsSpan(12, 17)));
        return copy;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int k = 0; k < 8; k++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }

    private static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

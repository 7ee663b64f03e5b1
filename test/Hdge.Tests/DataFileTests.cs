using System.IO.Compression;

namespace Hdge.Tests;

/// <summary>Trials C3 and C4: data files that promise less, or more, than they hold.</summary>
public sealed class DataFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    private static readonly byte[] s_header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]; // two images of 784 bytes

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private string Gzip(string name, byte[] head, long zeros, uint? trailer = null)
    {
        string path = Path.Combine(_folder, name);
        using (var file = File.Create(path))
        using (var gzip = new GZipStream(file, CompressionLevel.SmallestSize))
        {
            gzip.Write(head);
            var block = new byte[1 << 20];
            for (long left = zeros; left > 0; left -= block.Length)
                gzip.Write(block.AsSpan(0, (int)Math.Min(left, block.Length)));
        }
        if (trailer is { } length)
        {
            byte[] content = File.ReadAllBytes(path);
            BitConverter.GetBytes(length).CopyTo(content, content.Length - 4);
            File.WriteAllBytes(path, content);
        }
        return path;
    }

    [Fact]
    public void C3_IdxIsReadNoFurtherThanItsHeaderPromises()
    {
        Refused(() => IdxReader.Read(Gzip("honest.gz", s_header, 300L << 20), null), "honest.gz", "its header says 1568 (2 x 28 x 28)");
        Refused(() => IdxReader.Read(Gzip("lying.gz", s_header, 300L << 20, trailer: 16 + 1568), null), "lying.gz", "too long");
        byte[] promises = [0, 0, 8, 3, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0]; // a gigabyte
        Refused(() => IdxReader.Read(Write("plain", promises), null), "plain", "holds 0 values, its header says 1073741824");
        Refused(() => IdxReader.Read(Gzip("short.gz", promises, 0, trailer: 16 + (1 << 30)), null), "short.gz");
        Refused(() => IdxReader.Read(Gzip("half.gz", promises, 5 << 20, trailer: 16 + (6 << 20)), null), "half.gz", "its header says");
    }

    [Fact]
    public void C3_CifarIsReadNoFurtherThanItsTrailerPromises()
    {
        Refused(() => CifarReader.Read([Gzip("honest.gz", [1], 300L << 20)]), "honest.gz", "expected a multiple of 3073");
        Refused(() => CifarReader.Read([Gzip("lying.gz", [1], 300L << 20, trailer: 3073)]), "lying.gz", "too long");
        Refused(() => CifarReader.Read([Gzip("short.gz", [1], 3072, trailer: 3073 * 100_000)]), "short.gz", "more than its");
    }

    [Fact]
    public void C3_FilesLargerThanAnArrayAreRefusedByName()
    {
        string path = Path.Combine(_folder, "large");
        using (var file = File.Create(path))
        {
            file.Write([0, 0, 8, 3, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 4, 0]);
            file.SetLength(16 + (1L << 31)); // sparse
        }
        Refused(() => IdxReader.Read(path, null), path, "promises 2147483648 bytes");
        using (var file = File.OpenWrite(path))
            file.SetLength(3073L * 700_000);
        Refused(() => CifarReader.Read([path]), path, "promises 2151100000 bytes");
    }

    [Fact]
    public void C4_FilesOfAFewBytesThatBeginLikeGzipAreCutOff()
    {
        for (int length = 2; length < 18; length++)
        {
            string path = Write($"few{length}", [0x1F, 0x8B, .. new byte[length - 2]]);
            Refused(() => IdxReader.Read(path, null), path, $"has {length} bytes, expected at least 18");
            Refused(() => CifarReader.Read([path]), path, $"has {length} bytes, expected at least 18");
        }
        for (int length = 0; length < 2; length++)
        {
            Refused(() => IdxReader.Read(Write("none", new byte[length]), null), "none", $"has {length} bytes, expected at least 4");
            Refused(() => CifarReader.Read([Write("none", new byte[length])]), "none", $"has {length} bytes");
        }
    }

    [Fact]
    public void DamagedGzipIsRefused()
    {
        byte[] good = File.ReadAllBytes(Gzip("good.gz", [.. s_header, .. Enumerable.Range(0, 1568).Select(i => (byte)(i * i))], 0));
        Assert.Equal(2, IdxReader.Read(Path.Combine(_folder, "good.gz"), null).Count);
        for (int length = 18; length < good.Length; length += 97)
            Refused(() => IdxReader.Read(Write("cut.gz", good[..length]), null), "cut.gz");
        for (int at = 20; at < good.Length; at += 97)
        {
            byte[] flipped = [.. good];
            flipped[at] ^= 0x20;
            Refused(() => IdxReader.Read(Write("flipped.gz", flipped), null), "flipped.gz");
        }
    }

    private static void Refused(Func<ImageSet> read, params string[] says)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => read());
        foreach (string part in says)
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20); // the files are written here too, block by block
    }
}

using System.Buffers.Binary;
using System.IO.Compression;

namespace Hdge.Data;

/// <summary>
/// A file of the field's formats, opened for reading from front to back; gzip is unpacked when the content says so (not the name). What the file claims is
/// compared with what it can hold before memory is taken, and no more of it is unpacked than is asked for.
/// </summary>
internal sealed class ImageFile : IDisposable
{
    private const int SmallestGzip = 18, LargestRatio = 1032; // gzip's header and trailer; the most that deflate can shrink
    private const int Guess = 4; // images rarely shrink further: room that a packed file gets before its data have come

    private readonly string _path;
    private readonly Stream _content;
    private readonly long _packed;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is cut off in what gzip needs.</exception>
    public ImageFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        _path = path;
        var file = File.OpenRead(path);
        (_content, Length) = (file, file.Length);
        try
        {
            Span<byte> bytes = stackalloc byte[4];
            int read = file.ReadAtLeast(bytes, 4, throwOnEndOfStream: false);
            if (read >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B)
            {
                _packed = file.Length;
                if (_packed < SmallestGzip)
                    throw new InvalidDataException($"'{path}' is cut off: it begins like gzip and has {_packed} bytes, expected at least {SmallestGzip}.");
                file.Position = _packed - 4;
                file.ReadExactly(bytes);
                Length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                _content = new GZipStream(file, CompressionMode.Decompress);
            }
            file.Position = 0;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the content: the file's, or what gzip keeps in its last four bytes (modulo 2³²). A claim until <see cref="RequireEnd"/> has passed.</summary>
    public long Length { get; }

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    /// <param name="count">At least 0.</param>
    /// <param name="what">What they are, for messages.</param>
    /// <exception cref="InvalidDataException">There are fewer, the gzip data are damaged, or they are more than an array can hold.</exception>
    public byte[] Read(long count, string what)
    {
        if (count > Array.MaxLength)
            throw new InvalidDataException($"'{_path}' promises {count} bytes of {what}, expected at most {Array.MaxLength}.");
        if (_packed > 0 && count / LargestRatio > _packed)
            throw new InvalidDataException($"'{_path}' promises {count} bytes of {what}, more than its {_packed} bytes of gzip can unpack to.");
        var bytes = new byte[_packed > 0 ? Math.Min(count, Math.Max(1 << 16, Guess * _packed)) : count];
        for (int at = 0; at < count;)
        {
            if (at == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(count, 2L * bytes.Length));
            int read = Next(bytes.AsSpan(at));
            if (read == 0)
                throw new InvalidDataException($"'{_path}' is cut off: it holds {at} bytes of {what}, expected {count}.");
            at += read;
        }
        return bytes;
    }

    /// <exception cref="InvalidDataException">Something follows, or gzip's own sums do not fit.</exception>
    public void RequireEnd()
    {
        if (Next(stackalloc byte[1]) > 0)
            throw new InvalidDataException($"'{_path}' is too long: more follows the {Length} bytes that were expected.");
    }

    public void Dispose() => _content.Dispose();

    private int Next(Span<byte> bytes)
    {
        try
        {
            return _content.Read(bytes);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{_path}' is damaged gzip data: {error.Message}", error);
        }
    }
}

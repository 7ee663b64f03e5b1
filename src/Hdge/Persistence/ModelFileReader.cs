using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>
/// Reads a model file's entries. Once it is made, the file is whole: every entry has the length and the SHA-256 that the manifest tells, and none is compressed,
/// so that whoever reads it takes memory in proportion to the file. Entries that nobody reads are refused by <see cref="RequireAllRead"/>.
/// </summary>
internal sealed class ModelFileReader : IDisposable
{
    private const long LargestManifest = 1 << 16;

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _left;

    /// <param name="stream">Readable and seekable; it is a model file from its first byte to its last.</param>
    /// <exception cref="InvalidDataException">It is no model file, or is damaged.</exception>
    public ModelFileReader(Stream stream)
    {
        ZipTail.Check(stream);
        _zip = Guard("The model file", () => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
        try
        {
            Guard("The model file", () => Collect(stream.Length));
            var manifest = Manifest.Read(Bytes(Manifest.Name, LargestManifest));
            _left = [.. _entries.Keys.Where(name => name != Manifest.Name)];
            foreach (var (name, told) in manifest.Entries)
                Verify(name, told);
            if (_left.FirstOrDefault(name => !manifest.Entries.ContainsKey(name)) is { } unknown)
                throw new InvalidDataException($"The model file holds '{unknown}', which its {Manifest.Name} does not name.");
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    /// <exception cref="ArgumentException">The stream cannot be read or cannot seek.</exception>
    /// <exception cref="InvalidDataException">It is no model file, or is damaged.</exception>
    public static ModelFileReader Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead || !stream.CanSeek)
            throw new ArgumentException("The stream cannot be read or cannot seek, expected one that can: copy it into a MemoryStream or a file.", nameof(stream));
        return new(stream);
    }

    /// <summary>Whether there is such an entry.</summary>
    public bool Has(string name) => _entries.ContainsKey(name);

    /// <summary>The bytes of an entry, as a file in a file.</summary>
    /// <exception cref="InvalidDataException">The entry is missing or larger than an array.</exception>
    public MemoryStream ReadFile(string name)
    {
        byte[] bytes = Bytes(name, Array.MaxLength);
        _left.Remove(name);
        return new(bytes, writable: false);
    }

    /// <exception cref="InvalidDataException">The entry is missing, longer than <paramref name="longest"/> bytes, or no JSON of such a value.</exception>
    public T ReadJson<T>(string name, JsonSerializerOptions options, long longest) where T : class
    {
        byte[] json = Bytes(name, longest);
        _left.Remove(name);
        return StrictJson.Read<T>(json, name, options);
    }

    /// <inheritdoc cref="SafetensorsHeader.Read"/>
    public SafetensorsHeader ReadTensorHeader(string name)
    {
        var entry = Find(name);
        using var stream = Open(entry);
        return SafetensorsHeader.Read(stream, entry.Length, name);
    }

    /// <inheritdoc cref="Safetensors.Read"/>
    public void ReadTensors(string name, IEnumerable<(string Name, ScalarType Type, long[] Shape)> expected, Func<IReadOnlyDictionary<string, Tensor>> allocate,
        int fewest = 0)
    {
        var entry = Find(name);
        using var stream = Open(entry);
        Safetensors.Read(stream, entry.Length, name, expected, allocate, fewest);
        _left.Remove(name);
    }

    /// <exception cref="InvalidDataException">There are entries that a model does not have.</exception>
    public void RequireAllRead()
    {
        if (_left.Count > 0)
            throw new InvalidDataException($"The model file holds '{_left.First()}', which such a model does not have.");
    }

    public void Dispose() => _zip.Dispose();

    private void Collect(long fileLength)
    {
        long sum = 0;
        foreach (var entry in _zip.Entries)
        {
            if (entry.Length != entry.CompressedLength)
                throw new InvalidDataException($"'{entry.FullName}' takes {entry.CompressedLength} bytes and claims {entry.Length}, expected the same: entries are stored, not compressed");
            if (entry.Length < 0 || (sum += entry.Length) > fileLength)
                throw new InvalidDataException($"'{entry.FullName}' claims {entry.Length} bytes, more than the file's {fileLength} leave");
            if (!_entries.TryAdd(entry.FullName, entry))
                throw new InvalidDataException($"'{entry.FullName}' is there twice");
        }
    }

    private void Verify(string name, Manifest.Entry told)
    {
        var entry = Find(name);
        if (entry.Length != told.Length)
            throw new InvalidDataException($"'{name}' has {entry.Length} bytes, expected the {told.Length} that {Manifest.Name} tells.");
        using var stream = Open(entry);
        string found = Guard($"'{name}'", () => Convert.ToHexString(SHA256.HashData(stream)));
        if (found != told.Sha256)
            throw new InvalidDataException($"'{name}' is damaged: its SHA-256 is {found}, expected the {told.Sha256} that {Manifest.Name} tells.");
    }

    private byte[] Bytes(string name, long longest)
    {
        var entry = Find(name);
        if (entry.Length > longest)
            throw new InvalidDataException($"'{name}' has {entry.Length} bytes, expected at most {longest}.");
        var bytes = new byte[entry.Length];
        using var stream = Open(entry);
        Guard($"'{name}'", () => stream.ReadExactly(bytes));
        return bytes;
    }

    private ZipArchiveEntry Find(string name) => _entries.GetValueOrDefault(name) ?? throw new InvalidDataException($"The model file has no '{name}'.");

    private static Stream Open(ZipArchiveEntry entry) => Guard($"'{entry.FullName}'", entry.Open);

    private static void Guard(string part, Action read) => Guard(part, () =>
    {
        read();
        return true;
    });

    /// <summary>.NET's zip reader names no entry, and knows several exceptions for a damaged one.</summary>
    private static T Guard<T>(string part, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{part} is damaged: {error.Message}", error);
        }
    }
}

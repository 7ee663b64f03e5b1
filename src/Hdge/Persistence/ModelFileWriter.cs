using System.IO.Compression;
using System.Text.Json;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>Writes a model file's entries, none of them compressed, and at the end the manifest.</summary>
internal sealed class ModelFileWriter(Stream stream) : IDisposable
{
    private readonly ZipArchive _zip = new(stream, ZipArchiveMode.Create, leaveOpen: true);
    private readonly SortedDictionary<string, Manifest.Entry> _entries = new(StringComparer.Ordinal);

    public void WriteJson<T>(string name, T value, JsonSerializerOptions options) => Write(name, entry => JsonSerializer.Serialize(entry, value, options));

    public void WriteTensors(string name, IReadOnlyCollection<KeyValuePair<string, Tensor>> tensors) => Write(name, entry => Safetensors.Write(tensors, entry));

    /// <summary>Writes a whole file as an entry.</summary>
    public void WriteFile(string name, Action<Stream> write) => Write(name, entry =>
    {
        using var bytes = new MemoryStream(); // a zip wants to go back
        write(bytes);
        bytes.WriteTo(entry);
    });

    /// <summary>Writes the manifest: without it there is no model file.</summary>
    public void Finish()
    {
        using var entry = Create(Manifest.Name);
        JsonSerializer.Serialize(entry, new Manifest(Manifest.CurrentVersion, _entries), StrictJson.Indented);
    }

    public void Dispose() => _zip.Dispose();

    private void Write(string name, Action<Stream> write)
    {
        using var entry = Create(name);
        using var hashed = new HashingStream(entry);
        write(hashed);
        _entries.Add(name, new(hashed.Length, hashed.Sha256()));
    }

    private Stream Create(string name) => _zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
}

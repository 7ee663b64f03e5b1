using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hdge.Fuzz;

/// <summary>Takes a model file apart and puts it together again, with a manifest that fits: what someone does who knows the format.</summary>
internal static class ModelParts
{
    private const string Manifest = "manifest.json";

    /// <summary>The entries by name.</summary>
    public static SortedDictionary<string, byte[]> Read(byte[] file)
    {
        var parts = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        using var zip = new ZipArchive(new MemoryStream(file));
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            parts.Add(entry.FullName, copy.ToArray());
        }
        return parts;
    }

    /// <summary>A file of these entries.</summary>
    /// <param name="parts">What is in it.</param>
    /// <param name="honest">Whether the manifest is made to fit the other entries.</param>
    /// <param name="compression">Of every entry.</param>
    public static byte[] Write(IReadOnlyDictionary<string, byte[]> parts, bool honest = true, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in parts)
            {
                using var entry = zip.CreateEntry(name, compression).Open();
                entry.Write(honest && name == Manifest ? Fitting(content, parts) : content);
            }
        return file.ToArray();
    }

    /// <summary>A file with one entry changed, each byte a character (Latin-1); null takes the entry out.</summary>
    public static byte[] Change(byte[] file, string name, Func<string, string?> change, bool honest = true)
    {
        var parts = Read(file);
        if (change(Encoding.Latin1.GetString(parts[name])) is { } text)
            parts[name] = Encoding.Latin1.GetBytes(text);
        else
            parts.Remove(name);
        return Write(parts, honest);
    }

    private static byte[] Fitting(byte[] manifest, IReadOnlyDictionary<string, byte[]> parts)
    {
        JsonNode json;
        try
        {
            json = JsonNode.Parse(manifest)!.AsObject();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            return manifest; // damaged itself
        }
        var entries = new JsonObject();
        foreach (var (name, content) in parts.Where(p => p.Key != Manifest))
            entries[name] = new JsonObject { ["Length"] = content.Length, ["Sha256"] = Convert.ToHexString(SHA256.HashData(content)) };
        json["Entries"] = entries;
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}

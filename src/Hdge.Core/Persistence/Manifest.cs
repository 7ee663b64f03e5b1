using System.Text.Json;

namespace Hdge.Persistence;

/// <summary>What manifest.json holds: the format's version, and length and SHA-256 of every other entry.</summary>
internal sealed record Manifest(int FormatVersion, IReadOnlyDictionary<string, Manifest.Entry> Entries)
{
    public const string Name = "manifest.json";
    public const int CurrentVersion = 1;

    /// <param name="Length">In bytes.</param>
    /// <param name="Sha256">64 hexadecimal digits, upper case.</param>
    internal sealed record Entry(long Length, string Sha256);

    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    public static Manifest Read(byte[] json)
    {
        // The version first: another one may have other fields.
        if (Version(json) is var version and not CurrentVersion)
            throw new InvalidDataException($"{Name}: FormatVersion is {version?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "missing"}, expected {CurrentVersion}, the one that this program reads.");
        var manifest = StrictJson.Read<Manifest>(json, Name, StrictJson.Indented);
        foreach (var (name, entry) in manifest.Entries)
            if (entry?.Sha256 is null)
                throw new InvalidDataException($"{Name}: Entries.{name} is null, expected length and SHA-256.");
        return manifest;
    }

    private static int? Version(byte[] json)
    {
        try
        {
            using var text = JsonDocument.Parse(json);
            return text.RootElement.ValueKind == JsonValueKind.Object && text.RootElement.TryGetProperty(nameof(FormatVersion), out var found)
                && found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out int version) ? version : null;
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{Name} is damaged: {error.Message}", error);
        }
    }
}

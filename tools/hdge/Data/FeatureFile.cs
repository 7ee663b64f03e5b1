using System.Runtime.InteropServices;
using Hdge.Data;

namespace Hdge.Cli.Data;

/// <summary>Vectors of features in raw files: NAME.f32 holds them one after another, 32-bit little-endian floating point, and NAME.labels a byte each, its class.</summary>
internal static class FeatureFile
{
    private const string Extension = ".f32";

    public static bool Is(string path) => path.EndsWith(Extension, StringComparison.Ordinal);

    /// <summary>The vectors of a file.</summary>
    /// <param name="path">NAME.f32; NAME.labels lies beside it and tells how many there are.</param>
    /// <param name="limit">Takes the first ones only.</param>
    /// <exception cref="InvalidDataException">The lengths of the files do not fit, or a value is not finite.</exception>
    public static ImageSet Read(string path, int? limit)
    {
        byte[] labels = File.ReadAllBytes(Path.ChangeExtension(path, ".labels")), bytes = File.ReadAllBytes(path);
        if (labels.Length == 0 || bytes.Length == 0 || bytes.Length % (sizeof(float) * (long)labels.Length) != 0)
            throw new InvalidDataException($"'{path}' has {bytes.Length} bytes and {labels.Length} labels beside it, expected as many vectors of 32-bit numbers.");
        float[] values = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        int length = values.Length / labels.Length;
        try
        {
            var set = ImageSet.FromSingles(ImageShape.Vector(length), values, [.. labels.Select(l => (int)l)], labels.Max() + 1);
            return limit is { } count ? set.Take(count) : set;
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
    }
}

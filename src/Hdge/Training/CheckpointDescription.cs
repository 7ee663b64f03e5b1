using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Hdge.Data;

namespace Hdge.Training;

/// <summary>What a checkpoint holds beside tensors: how far the run is, and what it depends on.</summary>
internal sealed record CheckpointDescription
{
    public const int CurrentVersion = 1;

    public required int FormatVersion { get; init; }

    /// <summary>Epochs done.</summary>
    public required int Epoch { get; init; }

    /// <summary>Times the run has gone back after diverging; the seeds depend on it.</summary>
    public required int Restarts { get; init; }

    /// <summary>Largest loss that counts as sane.</summary>
    public required double? LossLimit { get; init; }

    /// <summary>The best epoch so far, 1-based, where its weights are kept: in the file unless it is the last.</summary>
    public required int? BestEpoch { get; init; }

    /// <summary>One for each epoch done.</summary>
    public required IReadOnlyList<EpochMetrics> Metrics { get; init; }

    /// <summary>The run's options, by name.</summary>
    public required SortedDictionary<string, string> Options { get; init; }

    /// <summary>Fingerprint of the images.</summary>
    public required string Images { get; init; }

    /// <exception cref="InvalidDataException">The version is another, or a value makes no sense.</exception>
    public void Validate()
    {
        if (FormatVersion != CurrentVersion)
            throw new InvalidDataException($"The checkpoint has format version {FormatVersion}; this program reads version {CurrentVersion}.");
        if (Epoch < 0 || Restarts < 0 || Metrics.Count != Epoch || BestEpoch < 1 || BestEpoch > Epoch)
            throw new InvalidDataException($"The checkpoint tells of {Epoch} epochs, {Restarts} restarts, the metrics of {Metrics.Count} epochs and the best epoch {BestEpoch?.ToString(CultureInfo.InvariantCulture) ?? "none"}.");
    }

    /// <exception cref="ArgumentException">It belongs to a run with other options or images; the message names all that differs.</exception>
    public void RequireSameRun(SortedDictionary<string, string> options, string images, string path) => RequireSameRun(Options, options, Images == images, path);

    /// <inheritdoc cref="RequireSameRun(SortedDictionary{string, string}, string, string)"/>
    public static void RequireSameRun(SortedDictionary<string, string> saved, SortedDictionary<string, string> options, bool sameImages, string path)
    {
        var differences = saved.Keys.Union(options.Keys).Order(StringComparer.Ordinal)
            .Where(name => saved.GetValueOrDefault(name) != options.GetValueOrDefault(name))
            .Select(name => $"{name} was {saved.GetValueOrDefault(name) ?? "absent"} and is {options.GetValueOrDefault(name) ?? "absent"}").ToList();
        if (!sameImages)
            differences.Add("the images are others");
        if (differences.Count > 0)
            throw new ArgumentException($"The checkpoint '{path}' belongs to another run: {string.Join("; ", differences)}. Expected the same options and images; start a new run with another path.");
    }

    /// <summary>SHA-256 of shapes, classes, labels and values.</summary>
    public static string Fingerprint(params ReadOnlySpan<ImageSet> sets)
    {
        byte[] bytes = [];
        float[] singles = [];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var images in sets)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{images.Count} {images.Shape} {images.ClassCount} {images.IsBytes}"));
            hash.AppendData(MemoryMarshal.AsBytes(images.Labels));
            hash.AppendData(MemoryMarshal.AsBytes(images.Weights));
            for (int i = 0; i < images.Count; i++)
                hash.AppendData(images.IsBytes ? images.Bytes(i, 1, ref bytes) : MemoryMarshal.AsBytes(images.Singles(i, 1, ref singles)));
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}

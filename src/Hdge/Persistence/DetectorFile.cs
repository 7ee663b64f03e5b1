using System.IO.Compression;
using System.Text.Json;
using Hdge.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>The part of a model's file that detection needs: detectors.json, and detectors.safetensors where statistics were fitted. A file without them is read too.</summary>
internal static class DetectorFile
{
    private const string DescriptionEntry = "detectors.json", StatisticsEntry = "detectors.safetensors";
    private const int LargestRatio = 1032; // the most that deflate can shrink: a longer claim is false

    public static void Write(DetectorSet set, ZipArchive zip)
    {
        using (var entry = zip.CreateEntry(DescriptionEntry).Open())
            JsonSerializer.Serialize(entry, DetectorDescription.Of(set), ModelFile.Json);
        using var scope = NewDisposeScope();
        var tensors = Tensors(set.Statistics).Where(t => t.Value.numel() > 0).ToList();
        if (tensors.Count == 0)
            return;
        using var statistics = zip.CreateEntry(StatisticsEntry, CompressionLevel.NoCompression).Open();
        Safetensors.Write(tensors, statistics);
    }

    /// <exception cref="InvalidDataException">The entries are damaged or do not fit the model.</exception>
    public static void Read(HdgeModel model, ZipArchive zip)
    {
        if (zip.GetEntry(DescriptionEntry) is not { } entry)
            return;
        var description = ModelFile.ReadJson<DetectorDescription>(entry);
        int length = model.Network.FeatureLength;
        description.Validate(model.ClassCount, length);
        var statistics = ReadStatistics(description, Shapes(description, length).ToList(), zip);
        try
        {
            var set = new DetectorSet(model.Network, model.Device, description.Options, statistics, description.Score)
            {
                AutoAuroc = description.AutoAuroc ?? new Dictionary<DetectionScore, double>(),
                Threshold = description.Threshold ?? double.NegativeInfinity,
            };
            if (!set.Available.Contains(set.Score) || (statistics.References is not null && !set.Available.Contains(DetectionScore.RankAverage)))
                throw new InvalidDataException($"The model decides by {set.Score}, but what is saved only gives {string.Join(", ", set.Available)}.");
            model.UseDetectors(set);
        }
        catch
        {
            statistics.Dispose();
            throw;
        }
    }

    private static DetectorStatistics ReadStatistics(DetectorDescription description, List<(string Name, ScalarType Type, long[] Shape)> shapes, ZipArchive zip)
    {
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            if (shapes.Count > 0)
            {
                var entry = ModelFile.Entry(zip, StatisticsEntry);
                if (entry.Length / LargestRatio > entry.CompressedLength)
                    throw new InvalidDataException($"{StatisticsEntry} claims {entry.Length} bytes from {entry.CompressedLength} compressed ones.");
                using var stream = entry.Open();
                Safetensors.Read(stream, entry.Length, shapes, () =>
                {
                    foreach (var (name, type, shape) in shapes)
                        tensors.Add(name, empty(shape, dtype: type).DetachFromDisposeScope());
                    return tensors;
                });
            }
            foreach (var (name, tensor) in tensors)
                if (!AllFinite(tensor))
                    throw new InvalidDataException($"'{name}' in {StatisticsEntry} holds a number that is not finite.");
            return new DetectorStatistics
            {
                Gaussian = description.GaussianClasses is null ? null : new(tensors["gaussian.mean"], tensors["gaussian.tied"], tensors["gaussian.centers"], tensors["gaussian.background"]),
                Neighbors = description.Neighbors is { } count ? count > 0 ? tensors["neighbors"] : empty(0, 0).DetachFromDisposeScope() : null,
                Vim = description.VimScale is { } scale ? new(tensors["vim.origin"], tensors["vim.complement"], scale) : null,
                ReActClip = description.ReActClip,
                References = description.References?.ToDictionary(r => r.Key, r => Reference(tensors[$"rank.{r.Key}"], r.Key)),
            };
        }
        catch
        {
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    private static float[] Reference(Tensor tensor, DetectionScore score)
    {
        float[] values = TensorMemory.Span<float>(tensor).ToArray();
        tensor.Dispose();
        for (int i = 1; i < values.Length; i++)
            if (values[i] < values[i - 1])
                throw new InvalidDataException($"'rank.{score}' in {StatisticsEntry} is not in ascending order.");
        return values;
    }

    private static bool AllFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return double.IsFinite(tensor.Times(0).sum().to(float64).item<double>()); // 0 times what is not finite is NaN
    }

    /// <summary>Everything but single numbers, by name.</summary>
    private static IEnumerable<KeyValuePair<string, Tensor>> Tensors(DetectorStatistics statistics)
    {
        if (statistics.Gaussian is { } gaussian)
        {
            yield return new("gaussian.mean", gaussian.Mean);
            yield return new("gaussian.tied", gaussian.Tied);
            yield return new("gaussian.centers", gaussian.Centers);
            yield return new("gaussian.background", gaussian.Background);
        }
        if (statistics.Neighbors is { } neighbors)
            yield return new("neighbors", neighbors);
        if (statistics.Vim is { } vim)
        {
            yield return new("vim.origin", vim.Origin);
            yield return new("vim.complement", vim.Complement);
        }
        foreach (var (score, reference) in statistics.References ?? new Dictionary<DetectionScore, float[]>())
            yield return new($"rank.{score}", tensor(reference));
    }

    /// <summary>Names, types and shapes of the same, from the description.</summary>
    private static IEnumerable<(string Name, ScalarType Type, long[] Shape)> Shapes(DetectorDescription description, long length)
    {
        if (description.GaussianClasses is { } classes)
        {
            yield return ("gaussian.mean", float64, [length]);
            yield return ("gaussian.tied", float64, [length, length]);
            yield return ("gaussian.centers", float64, [classes, length]);
            yield return ("gaussian.background", float64, [length, length]);
        }
        if (description.Neighbors is { } neighbors and > 0)
            yield return ("neighbors", float32, [neighbors, length]);
        if (description.VimComplement is { } complement)
        {
            yield return ("vim.origin", float64, [length]);
            yield return ("vim.complement", float64, [length, complement]);
        }
        foreach (var (score, size) in description.References ?? new Dictionary<DetectionScore, int>())
            yield return ($"rank.{score}", float32, [size]);
    }
}

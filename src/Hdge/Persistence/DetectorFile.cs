using Hdge.Detection;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Persistence;

/// <summary>The part of a model's file that detection needs: detectors.json, and detectors.safetensors where statistics were fitted.</summary>
internal static class DetectorFile
{
    private const string DescriptionEntry = "detectors.json", StatisticsEntry = "detectors.safetensors";

    public static void Write(DetectorSet set, ModelFileWriter file)
    {
        file.WriteJson(DescriptionEntry, DetectorDescription.Of(set), StrictJson.Indented);
        using var scope = NewDisposeScope();
        var tensors = Tensors(set.Statistics).Where(t => t.Value.numel() > 0).ToList();
        if (tensors.Count > 0)
            file.WriteTensors(StatisticsEntry, tensors);
    }

    /// <exception cref="InvalidDataException">The entries are damaged or do not fit the model.</exception>
    public static void Read(HdgeModel model, ModelFileReader file)
    {
        var description = file.ReadJson<DetectorDescription>(DescriptionEntry, StrictJson.Indented, ModelFile.LargestDescription);
        int length = model.Network.FeatureLength;
        description.Validate(model.ClassCount, length);
        var statistics = ReadStatistics(description, Shapes(description, length).ToList(), file);
        try
        {
            var set = new DetectorSet(model.Network, model.Device, description.Options, statistics)
            {
                Decision = model.Decision,
                AutoAuroc = description.AutoAuroc ?? new Dictionary<DetectionScore, double>(),
            };
            if (statistics.References is not null && !set.Available.Contains(DetectionScore.RankAverage))
                throw new InvalidDataException($"The model has references for a rank average, but what is saved only gives {string.Join(", ", set.Available)}.");
            model.UseDetectors(set);
        }
        catch
        {
            statistics.Dispose();
            throw;
        }
    }

    private static DetectorStatistics ReadStatistics(DetectorDescription description, List<(string Name, ScalarType Type, long[] Shape)> shapes, ModelFileReader file)
    {
        var tensors = new Dictionary<string, Tensor>();
        try
        {
            if (shapes.Count > 0)
                file.ReadTensors(StatisticsEntry, shapes, () =>
                {
                    foreach (var (name, type, shape) in shapes)
                        tensors.Add(name, empty(shape, dtype: type).DetachFromDisposeScope());
                    return tensors;
                });
            return new DetectorStatistics
            {
                Gaussian = description.GaussianClasses is null ? null : new(tensors["gaussian.mean"], tensors["gaussian.tied"], tensors["gaussian.centers"], tensors["gaussian.background"]),
                Neighbors = description.Neighbors is { } count ? count > 0 ? tensors["neighbors"] : empty(0, 0, dtype: float32).DetachFromDisposeScope() : null,
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
            yield return new($"rank.{score}", tensor(reference, dtype: float32));
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

using System.Text.Json;
using Hdge;

namespace ScoringService;

/// <summary>What the model said of images that it was neither trained on nor fitted to: the service shows where an image lies among them, and compares the share of unknowns.</summary>
internal sealed record Reference(string Score, float[] Scores, int Images, int Unknown)
{
    public static Reference Of(IScoringModel model, ScoreBatch scores) => new(model.Decision.Score.Name, [.. scores.DetectionScore.Take(scores.Count).Where(float.IsFinite).Order()],
        scores.Count, scores.IsInDistribution.AsSpan(0, scores.Count).Count(false));

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, JsonSerializerOptions.Web));

    /// <exception cref="InvalidDataException">The file is none, or of another score than the model's.</exception>
    public static Reference? Read(string path, IScoringModel model)
    {
        if (!File.Exists(path))
            return null;
        Reference? read = null;
        try
        {
            read = JsonSerializer.Deserialize<Reference>(File.ReadAllText(path), JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            // told below
        }
        return read is { Scores.Length: > 0, Images: > 0 } && read.Unknown >= 0 && read.Unknown <= read.Images && read.Score == model.Decision.Score.Name
            ? read
            : throw new InvalidDataException($"'{path}' holds no scores of validation images by '{model.Decision.Score}', the score that the model decides by.");
    }

    /// <summary>Counts of the scores in equal bins between the lowest and the highest.</summary>
    public (double From, double To, int[] Counts) Histogram(int bins = 40)
    {
        double from = Scores[0], to = Math.Max(Scores[^1], from + 1e-6);
        var counts = new int[bins];
        foreach (float score in Scores)
            counts[Math.Min(bins - 1, (int)((score - from) / (to - from) * bins))]++;
        return (from, to, counts);
    }

    /// <summary>Share of the validation images whose score is lower, 0..1.</summary>
    public double ShareBelow(float score)
    {
        int at = Array.BinarySearch(Scores, score);
        return (double)(at < 0 ? ~at : at) / Scores.Length;
    }
}

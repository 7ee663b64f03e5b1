using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace Hdge.Cli.Scoring;

/// <summary>What is written of a scored image, in this order; the disagreement of an ensemble's members is null for a single model.</summary>
internal sealed record ImageScores(string File, string Class, float Confidence, float LogDensity, float DetectionScore, bool InDistribution, float? Disagreement, ReadOnlyMemory<float> Probabilities);

/// <summary>Writes scored images one by one; the text is complete when it is disposed of, and stays open.</summary>
internal interface IScoreWriter : IDisposable
{
    void Write(ImageScores image);
}

/// <summary>CSV with a header; a probability a column where they are wanted.</summary>
internal sealed class CsvScores : IScoreWriter
{
    private readonly CsvWriter _csv;
    private readonly bool _probabilities;

    /// <param name="text">Stays open.</param>
    /// <param name="ensemble">Whether a column takes the disagreement.</param>
    /// <param name="classNames">Names of the columns of probabilities; null for none.</param>
    public CsvScores(TextWriter text, bool ensemble, IReadOnlyList<string>? classNames)
    {
        _csv = new(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = Environment.NewLine }, leaveOpen: true);
        _probabilities = classNames is not null;
        Line(["file", "class", "confidence", "logDensity", "detectionScore", "inDistribution", .. ensemble ? ["disagreement"] : Array.Empty<string>(), .. (classNames ?? []).Select(name => "probability_" + name)]);
    }

    public void Write(ImageScores image) => Line(
    [
        image.File, image.Class, Text(image.Confidence), Text(image.LogDensity), Text(image.DetectionScore), image.InDistribution ? "true" : "false",
        .. image.Disagreement is { } disagreement ? [Text(disagreement)] : Array.Empty<string>(),
        .. _probabilities ? image.Probabilities.ToArray().Select(Text) : [],
    ]);

    public void Dispose() => _csv.Dispose();

    private void Line(IEnumerable<string> fields)
    {
        foreach (string field in fields)
            _csv.WriteField(field);
        _csv.NextRecord();
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A JSON object a line; the probabilities as an array in the order of the classes.</summary>
internal sealed class JsonLines(TextWriter text, bool probabilities) : IScoreWriter
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Write(ImageScores image)
    {
        var line = new Dictionary<string, object>
        {
            ["file"] = image.File, ["class"] = image.Class, ["confidence"] = image.Confidence, ["logDensity"] = image.LogDensity,
            ["detectionScore"] = image.DetectionScore, ["inDistribution"] = image.InDistribution,
        };
        if (image.Disagreement is { } disagreement)
            line["disagreement"] = disagreement;
        if (probabilities)
            line["probabilities"] = image.Probabilities;
        text.WriteLine(JsonSerializer.Serialize(line, s_options));
    }

    public void Dispose()
    {
        // The text stays open, as in CSV.
    }
}

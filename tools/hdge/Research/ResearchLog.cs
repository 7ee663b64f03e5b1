using System.Text.Json;

namespace Hdge.Cli.Research;

/// <summary>The runs of a folder: every file runs*.jsonl in it, a run a line. A run is added whole and flushed, so what is finished is never lost; a last line that was cut off counts as none.</summary>
internal sealed class ResearchLog(string folder, string name)
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    private readonly string _path = Path.Combine(folder, name);

    /// <exception cref="InvalidDataException">A whole line is no run.</exception>
    public IReadOnlyList<ResearchResult> Read()
    {
        var runs = new List<ResearchResult>();
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "runs*.jsonl").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            string text = File.ReadAllText(file);
            string[] lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < lines.Length; i++)
                try
                {
                    runs.Add(JsonSerializer.Deserialize<ResearchResult>(lines[i], s_options) ?? throw new JsonException("it is null"));
                }
                catch (JsonException error)
                {
                    throw new InvalidDataException($"Line {i + 1} of '{file}' is no run: {error.Message}", error);
                }
        }
        return runs;
    }

    public void Add(ResearchResult run)
    {
        Directory.CreateDirectory(folder);
        using var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        CutOffHalfALine(file);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(run, s_options));
        file.WriteByte((byte)'\n');
        file.Flush(flushToDisk: true);
    }

    private static void CutOffHalfALine(FileStream file)
    {
        long end = file.Length;
        for (; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
                break;
        }
        file.SetLength(end);
        file.Position = end;
    }
}

using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Hdge.Benchmarks;

/// <summary>Prints a table and writes it to artifacts/bench as JSON, with what the numbers depend on.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public static void Write(string name, string title, string[] columns, IReadOnlyList<object[]> rows)
    {
        var table = new Table { Title = new TableTitle(title) };
        table.AddColumns(columns);
        foreach (var row in rows)
            table.AddRow([.. row.Select(v => v is double d ? d.ToString("G4", CultureInfo.InvariantCulture) : v.ToString()!)]);
        AnsiConsole.Write(table);

        string folder = Path.Combine("artifacts", "bench"), path = Path.Combine(folder, name + ".json");
        Directory.CreateDirectory(folder);
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            title,
            processors = Environment.ProcessorCount,
            threads = TorchSharp.torch.get_num_threads(),
            rows = rows.Select(row => columns.Zip(row).ToDictionary(v => v.First, v => v.Second)),
        }, s_json));
        Console.WriteLine($"written: {path}");
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

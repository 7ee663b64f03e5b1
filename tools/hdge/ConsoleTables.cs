using System.Globalization;
using System.Text;
using Hdge.Reports;
using Spectre.Console;

namespace Hdge.Cli;

/// <summary>A table of numbers on the console and as Markdown.</summary>
internal static class ConsoleTables
{
    public static void Write(this IAnsiConsole console, MetricTable table)
    {
        console.WriteLine();
        console.WriteLine(table.Name);
        var grid = new Table();
        foreach (string heading in Headings(table))
            grid.AddColumn(new TableColumn(Markup.Escape(heading)));
        foreach (string[] row in Rows(table))
            grid.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(grid);
        if (table.Note.Length > 0)
            console.WriteLine(table.Note);
    }

    /// <summary>A report's numbers as a table.</summary>
    public static MetricTable Summary(IEnumerable<SummaryNumber> numbers) =>
        new("Summary", ["value", "low", "high"], [.. numbers.Select(n => new MetricRow(n.Name, [n.Value, n.Low ?? double.NaN, n.High ?? double.NaN]))])
        {
            RowHeading = "",
            HigherIsBetter = null,
            Format = "F4",
            Note = "low and high: 95 % bootstrap interval",
        };

    public static string Markdown(MetricTable table)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"### {table.Name}\n\n");
        string[] headings = Headings(table);
        Line(headings);
        Line([.. headings.Select((_, i) => i == 0 ? "---" : "---:")]);
        foreach (string[] row in Rows(table))
            Line(row);
        return text.Append(table.Note.Length > 0 ? "\n" + table.Note + "\n" : "").ToString();

        void Line(string[] cells) => text.Append("| ").AppendJoin(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
    }

    private static string[] Headings(MetricTable table) => [table.RowHeading, .. table.Columns, .. table.ShowMean ? ["mean"] : Array.Empty<string>()];

    private static IEnumerable<string[]> Rows(MetricTable table) =>
        table.Rows.Select(r => (string[])[r.Name, .. (table.ShowMean ? r.Values.Append(r.Values.Average()) : r.Values)
            .Select(v => double.IsNaN(v) ? "–" : v.ToString(table.Format, CultureInfo.InvariantCulture))]);
}

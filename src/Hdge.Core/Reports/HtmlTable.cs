using System.Xml.Linq;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>Tables of numbers.</summary>
internal static class HtmlTable
{
    public static XElement Draw(MetricTable table)
    {
        // What is compared is what is shown: equal to the last digit is equally good.
        double[][] rows = table.Rows.Select(r => (table.ShowMean ? r.Values.Append(r.Values.Average()) : r.Values).ToArray()).ToArray();
        string[] columns = table.ShowMean ? [.. table.Columns, "mean"] : [.. table.Columns];
        var best = Enumerable.Range(0, columns.Length).Select(c => Best(rows.Select(r => r[c]), table)).ToArray();
        var body = table.Rows.Select((row, r) => E("tr", row.IsChosen ? A("class", "chosen") : null,
            E("th", A("scope", "row"), row.IsChosen ? $"{row.Name} (in use)" : row.Name),
            rows[r].Select((v, c) => E("td", Text(v, table) is var text && text == best[c] ? A("class", "best") : null, text)).ToArray())).ToArray();
        return E("div", A("class", "block"), E("h3", table.Name),
            E("div", A("class", "scroll"), E("table",
                E("thead", E("tr", E("th", A("scope", "col"), table.RowHeading), columns.Select(c => E("th", A("scope", "col"), c)).ToArray())),
                E("tbody", body))),
            table.Note.Length == 0 ? null : E("p", table.Note));
    }

    private static string? Best(IEnumerable<double> column, MetricTable table)
    {
        double[] numbers = column.Where(v => !double.IsNaN(v)).ToArray();
        return numbers.Length < 2 || table.HigherIsBetter is not bool higher ? null : Text(higher ? numbers.Max() : numbers.Min(), table);
    }

    private static string Text(double value, MetricTable table) => double.IsNaN(value) ? "–" : Number(value, table.Format);
}

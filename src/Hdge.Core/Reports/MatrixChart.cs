using System.Xml.Linq;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>A confusion matrix as a heat map: right answers in one colour, errors in another.</summary>
internal static class MatrixChart
{
    /// <summary>Above this many classes a cell is too small to be seen.</summary>
    public const int MostClasses = 100;
    private const int MostNumbers = 20, LongestName = 16;

    public static XElement Draw(ConfusionPlot plot)
    {
        int classes = plot.ClassNames.Count;
        bool numbers = classes <= MostNumbers;
        double cell = numbers ? 38 : Math.Max(6, 560.0 / classes), names = 7.2 * Math.Min(LongestName, plot.ClassNames.Max(n => n.Length)) + 12;
        double left = 22 + names, top = 8, side = classes * cell, bottom = top + side, width = left + side + (numbers ? 62 : 12), foot = (numbers ? 0.72 : 1) * names + 34;
        var totals = Enumerable.Range(0, classes).Select(t => Enumerable.Range(0, classes).Sum(p => plot.Counts[t, p])).ToArray();
        long all = totals.Sum(), right = Enumerable.Range(0, classes).Sum(i => plot.Counts[i, i]);
        var svg = Svg.Image(width, bottom + foot, "Confusion matrix", $"{classes} classes, {Count(all)} images, {Share((double)right / all)} on the diagonal");
        svg.Add(A("style", $"max-width:{Coordinate(width)}px;min-width:{Coordinate(Math.Min(width, 480))}px"));
        svg.Add(Svg.Rect(left, top, side, side, "frame"));
        for (int t = 0; t < classes; t++)
            for (int p = 0; p < classes; p++)
                if (plot.Counts[t, p] > 0)
                    svg.Add(new Cell(left + p * cell, top + t * cell, cell, numbers).Draw(plot, t, p, totals[t]));
        int every = (int)Math.Ceiling(12 / cell); // names of every nth class where all would overlap
        for (int i = 0; i < classes; i += every)
        {
            double at = (i + 0.5) * cell;
            svg.Add(Svg.Text(left - 6, top + at + 4, Short(plot.ClassNames[i]), anchor: "end"));
            svg.Add(Svg.Text(left + at + 4, bottom + (numbers ? 13 : 6), Short(plot.ClassNames[i]), anchor: "end", degrees: numbers ? -45 : -90));
        }
        if (numbers)
            for (int i = 0; i < classes; i++)
                svg.Add(Svg.Text(left + side + 8, top + (i + 0.5) * cell + 4, totals[i] > 0 ? Share((double)plot.Counts[i, i] / totals[i]) : "–", anchor: "start"));
        svg.Add(Svg.Text(12, top + side / 2, "true class", "label", degrees: -90));
        svg.Add(Svg.Text(left + side / 2, bottom + foot - 8, "predicted class", "label"));
        return E("div", A("class", "scroll"), svg);
    }

    private static string Short(string name) => name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 1), "…");

    /// <summary>A square of the map and, where it is large enough, its number.</summary>
    private readonly record struct Cell(double X, double Y, double Side, bool HasNumber)
    {
        public XElement[] Draw(ConfusionPlot plot, int truth, int predicted, long total)
        {
            long count = plot.Counts[truth, predicted];
            double share = (double)count / total, strength = Math.Sqrt(share);
            string tip = $"true {plot.ClassNames[truth]}, predicted {plot.ClassNames[predicted]}: {Count(count)} ({Share(share)} of the class)";
            var rect = Svg.Rect(X, Y, Side, Side, truth == predicted ? "right" : "wrong", tip);
            rect.Add(A("fill-opacity", strength));
            return HasNumber
                ? [rect, Svg.Text(X + Side / 2, Y + Side / 2 + 4, count < 100_000 ? Number(count, "F0") : $"{count / 1000}k", strength > 0.6 ? "cell strong" : "cell")]
                : [rect];
        }
    }
}

using System.Xml.Linq;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>Histograms of one score: the known images against each unknown set, all over the same bins.</summary>
internal static class HistogramChart
{
    private const double Bottom = 200, Height = 246;
    private const int FewestBins = 10, MostBins = 40;

    public static IEnumerable<XElement> Draw(ScoreHistograms plot)
    {
        var (low, high) = Range(plot.Unknown.Prepend(plot.Known));
        int fewest = plot.Unknown.Append(plot.Known).Min(s => s.Scores.Length), bins = Math.Clamp((int)Math.Sqrt(fewest), FewestBins, MostBins);
        double[] known = Shares(plot.Known, low, high, bins);
        return plot.Unknown.Select(set => Draw(plot, set, known, Shares(set, low, high, bins), low, high)).ToList();
    }

    private static XElement Draw(ScoreHistograms plot, NamedScores set, double[] known, double[] unknown, double low, double high)
    {
        int bins = known.Length;
        var x = new Scale(low, high, Panel.Left, Panel.Right);
        var y = Scale.UpToRound(100 * Math.Max(known.Max(), unknown.Max()), Bottom, Panel.Top);
        string title = $"{plot.Known.Name} against {set.Name}";
        var svg = Svg.Image(Panel.Width, Height, title, $"Histogram of {plot.ScoreName}; {Count(plot.Known.Scores.Length)} images of {plot.Known.Name}, {Count(set.Scores.Length)} of {set.Name}");
        new Panel(x, y).DrawAxes(svg, plot.ScoreName, "share of images (%)");
        foreach (var (shares, css) in new[] { (known, ReportStyle.Area(0)), (unknown, ReportStyle.Area(1)) })
            svg.Add(Svg.Path(Outline(shares).Select(p => (x.At(low + (high - low) * p.Edge / bins), y.At(100 * p.Share))), css, closed: true));
        for (int i = 0; i < bins; i++) // invisible, to carry the tips
        {
            double from = x.At(low + (high - low) * i / bins), to = x.At(low + (high - low) * (i + 1) / bins);
            string range = $"{Number(low + (high - low) * i / bins, "G4")} to {Number(low + (high - low) * (i + 1) / bins, "G4")}";
            svg.Add(Svg.Rect(from, Panel.Top, to - from, Bottom - Panel.Top, "hover", $"{range}: {plot.Known.Name} {Share(known[i])}, {set.Name} {Share(unknown[i])}"));
        }
        return Figure(title, "", svg, Svg.Legend([(ReportStyle.Area(0), $"{plot.Known.Name} (known, {Count(plot.Known.Scores.Length)})"), (ReportStyle.Area(1), $"{set.Name} ({Count(set.Scores.Length)})")]));
    }

    /// <summary>The corners of the steps, from the first bin's foot to the last one's.</summary>
    private static IEnumerable<(double Edge, double Share)> Outline(double[] shares)
    {
        yield return (0, 0);
        for (int i = 0; i < shares.Length; i++)
        {
            yield return (i, shares[i]);
            yield return (i + 1, shares[i]);
        }
        yield return (shares.Length, 0);
    }

    /// <summary>From the lowest half percent of any set to the highest: a few outliers must not squeeze the rest into one bin.</summary>
    private static (double Low, double High) Range(IEnumerable<NamedScores> sets)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var set in sets)
        {
            float[] sorted = set.Scores.ToArray().Where(float.IsFinite).ToArray();
            if (sorted.Length == 0)
                continue;
            Array.Sort(sorted);
            int tail = sorted.Length / 200;
            (low, high) = (Math.Min(low, sorted[tail]), Math.Max(high, sorted[^(1 + tail)]));
        }
        if (low > high)
            return (0, 1); // nothing but infinities
        double margin = high > low ? 0 : Math.Max(0.5, Math.Abs(low) * 0.01);
        return (low - margin, high + margin);
    }

    /// <summary>Share of the scores in each bin; what lies beyond the range counts in the bin at the end.</summary>
    internal static double[] Shares(NamedScores set, double low, double high, int bins)
    {
        var counts = new double[bins];
        foreach (float score in set.Scores.Span)
            counts[(int)Math.Clamp((score - low) / (high - low) * bins, 0, bins - 1)]++;
        return Array.ConvertAll(counts, n => n / set.Scores.Length);
    }
}

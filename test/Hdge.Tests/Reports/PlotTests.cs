using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hdge.Reports;
using static Hdge.Tests.Reports.ReportTests;

namespace Hdge.Tests.Reports;

public class PlotTests
{
    [Fact]
    public void ABarIsAsHighAsItsAccuracyAndAsWideAsItsBin()
    {
        var svg = Plots(Page(SmallReport.Full())).First();
        var bars = svg.Elements("rect").Where(r => Value(r, "class") == "bar").ToArray(); // accuracy and count of each bin, the empty one left out
        Assert.Equal(4, bars.Length);
        Assert.Equal(2, Number(bars[2], "height") / Number(bars[0], "height"), 2); // 0.8 : 0.4
        Assert.Equal(3, Number(bars[3], "height") / Number(bars[1], "height"), 2); // 90 : 30 images
        Assert.Equal(Number(bars[0], "width"), Number(bars[2], "width"), 1);
        double half = Number(svg.Elements("line").Single(l => Value(l, "class") == "guide"), "y1") - Number(bars[0], "y"); // the guide begins at 0
        Assert.Equal(Number(bars[0], "height"), half, 1);
        var gaps = svg.Elements("rect").Where(r => Value(r, "class") == "gap fill").Select(r => Number(r, "height")).ToArray();
        Assert.Equal(0.5, gaps[0] / Number(bars[0], "height"), 2); // |0.6 − 0.4| : 0.4
        Assert.Equal(0.125, gaps[1] / Number(bars[2], "height"), 2); // |0.9 − 0.8| : 0.8
    }

    [Fact]
    public void ACurveGoesThroughItsPoints()
    {
        var svg = Plots(Page(SmallReport.Full())).Single(s => Value(s, "aria-label").StartsWith("ROC", StringComparison.Ordinal));
        var path = svg.Elements("path").First();
        double[] at = [.. Regex.Matches(Value(path, "d"), @"[\d.]+").Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(6, at.Length);
        Assert.Equal(0.25, (at[2] - at[0]) / (at[4] - at[0]), 3);
        Assert.Equal(0.8, (at[3] - at[1]) / (at[5] - at[1]), 3);
        Assert.True(at[5] < at[1]); // up is better
        Assert.Equal("digits (AUROC 0.775)", path.Element("title")!.Value);
    }

    [Fact]
    public void LongCurvesAreThinnedButKeepTheirEnds()
    {
        PlotPoint[] points = [.. Enumerable.Range(0, 100_001).Select(i => new PlotPoint(i / 100_000.0, i / 100_000.0))];
        var path = Page(new ReportData { Title = "t", Roc = [new("c", points)] }).Descendants("path").Single();
        string[] steps = Value(path, "d").Split('L');
        Assert.InRange(steps.Length, 100, 2000);
        Assert.Equal("M56 250", steps[0]);
        Assert.Equal("368 12", steps[^1]);
    }

    [Fact]
    public void AHistogramCountsEveryScoreOnce()
    {
        var random = new Random(8);
        float[] scores = [.. Enumerable.Range(0, 1000).Select(i => i switch { 0 => float.PositiveInfinity, 1 => float.NegativeInfinity, _ => (float)(4 * random.NextDouble() - 2) })];
        double[] shares = HistogramChart.Shares(new("s", scores), -1, 1, 8);
        for (int bin = 0; bin < 8; bin++)
        {
            double low = bin == 0 ? double.NegativeInfinity : -1 + bin / 4.0, high = bin == 7 ? double.PositiveInfinity : -1 + (bin + 1) / 4.0;
            Assert.Equal(scores.Count(s => s >= low && (s < high || bin == 7)) / 1000.0, shares[bin], 12);
        }
        Assert.Equal(1, shares.Sum(), 12);
    }

    [Theory]
    [InlineData(5f, 5f)] // one value
    [InlineData(float.PositiveInfinity, float.NegativeInfinity)] // no finite score
    [InlineData(3e38f, -3e38f)]
    public void ScoresWithoutASpreadOrBeyondItAreDrawn(float known, float unknown)
    {
        var data = new ReportData { Title = "t", Histograms = [new("s", new("known", new[] { known }), [new("unknown", new[] { unknown, unknown })])] };
        Assert.DoesNotMatch("NaN|Infinity|∞", string.Concat(Plots(Page(data)).Single().Descendants().Attributes().Select(a => a.Value)));
    }

    [Fact]
    public void AMatrixShowsTheCountsAndTheRecall()
    {
        var svg = Plots(Page(SmallReport.Full())).Single(s => Value(s, "aria-label").StartsWith("Confusion", StringComparison.Ordinal));
        Assert.Equal(["90", "10", "5", "1200", "1"], svg.Elements("text").Where(t => Value(t, "class").StartsWith("cell", StringComparison.Ordinal)).Select(t => t.Value));
        Assert.Equal(["90.0 %", "99.5 %", "–"], svg.Elements("text").Where(t => Value(t, "text-anchor") == "start").Select(t => t.Value));
        var wrong = svg.Elements("rect").Where(r => Value(r, "class") == "wrong").ToArray();
        Assert.Equal(Math.Sqrt(0.1), Number(wrong[0], "fill-opacity"), 2);
        string[] errors = [.. Page(SmallReport.Full()).Descendants("section").Single(s => Value(s, "id") == "confusion").Descendants("tbody").Single().Elements("tr").Select(r => r.Elements("td").Last().Value)];
        Assert.Equal(["10", "5", "1"], errors);
    }

    [Fact]
    public void ThousandClassesGiveATableOfErrorsOnly()
    {
        var counts = new long[1000, 1000];
        for (int i = 0; i < 1000; i++)
            counts[i, i == 7 ? 8 : i] = 50;
        var page = Page(new ReportData { Title = "t", Confusion = new(Enumerable.Range(0, 1000).Select(i => $"class {i}").ToArray(), counts) });
        Assert.Empty(Plots(page));
        Assert.Equal("class 7class 850", page.Descendants("tbody").Single().Value);
    }

    [Theory]
    [InlineData(0, 1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-3, 21, "0 5 10 15 20")]
    [InlineData(-0.011, 0.012, "−0.010 −0.005 0.000 0.005 0.010")]
    [InlineData(0, 25_000, "0 5000 10000 15000 20000 25000")]
    [InlineData(1e7, 3e7, "1e7 1.5e7 2e7 2.5e7 3e7")]
    public void TicksAreRoundNumbers(double min, double max, string labels)
    {
        var ticks = new Scale(min, max, 0, 100).Ticks().ToArray();
        Assert.Equal(labels, string.Join(' ', ticks.Select(t => t.Label)));
        Assert.All(ticks, t => Assert.Equal(t.Value, double.Parse(t.Label.Replace('−', '-'), CultureInfo.InvariantCulture), 9));
    }

    private static double Number(XElement element, string attribute) => double.Parse(Value(element, attribute), CultureInfo.InvariantCulture);
}

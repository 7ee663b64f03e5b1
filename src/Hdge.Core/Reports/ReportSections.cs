using System.Xml.Linq;
using Hdge.Data;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>The parts of a report, each with a sentence on how to read it.</summary>
internal static class ReportSections
{
    private const int MostConfusions = 12, SampleColumns = 12;

    /// <summary>Anchor, heading and content of every part that has data.</summary>
    public static IEnumerable<(string Id, string Heading, object?[] Content)> Of(ReportData data)
    {
        if (data.Summary.Count > 0)
            yield return ("summary", "Summary", Summary(data.Summary));
        if (data.Reliability.Count > 0)
            yield return ("calibration", "Calibration",
            [
                E("p", "Of the images given a confidence of 0.8, are 80 % right? Bars on the dashed line say yes; bars below it, that the model is surer than it may be."),
                Plots(data.Reliability.Select(ReliabilityChart.Draw)),
            ]);
        if (data.Histograms.Count > 0 || data.Roc.Count > 0 || data.Detectors.Count > 0)
            yield return ("detection", "Unknown images", Detection(data));
        if (data.RiskCoverage.Count > 0)
            yield return ("selective", "Risk and coverage",
            [
                E("p", "When only the surest images are answered (coverage) and the rest are handed to a person, which share of the answers is wrong (risk)?"),
                Plots([new LineChart("Risk–coverage curve", "coverage (share of images answered)", "risk (share of errors)", data.RiskCoverage) { AreaName = "AURC", AreaFormat = "F4", XMax = 1 }.Draw()]),
            ]);
        if (data.Confusion is { } confusion)
            yield return ("confusion", "Confusion matrix", Confusion(confusion));
        if (data.Robustness.Count > 0)
            yield return ("robustness", "Accuracy under attack",
            [
                E("p", "Accuracy on images changed by an attacker who sees the model and may move an image by at most ε. Attacks find some of the weak points, not all: the true curve is not above these."),
                Plots(data.Robustness.Select(r => new LineChart($"{r.Norm} attack", $"ε ({r.Unit})", "accuracy", r.Curves) { YMax = 1 }.Draw())),
            ]);
        if (data.Samples is { } samples)
            yield return ("samples", "Samples",
            [
                E("p", "Images drawn from the model's own density."),
                E("figure", A("class", "wide"), Picture(ImageGrid.ToPng(samples, SampleColumns), $"Grid of {samples.Count} samples", samples.Shape.Width * Math.Min(samples.Count, SampleColumns) * 2)),
                data.SampleQuality is { } quality ? HtmlTable.Draw(quality) : null,
            ]);
        if (data.LeastSure.Count > 0)
            yield return ("least-sure", "Least sure", [E("p", "The images with the lowest confidence."), Gallery(data.LeastSure)]);
        if (data.MostWrong.Count > 0)
            yield return ("most-wrong", "Most wrong", [E("p", "The errors with the highest confidence. Look for wrong labels among them."), Gallery(data.MostWrong)]);
        if (data.Tables.Count > 0)
            yield return ("tables", "Tables", data.Tables.Select(object? (t) => HtmlTable.Draw(t)).ToArray());
        if (data.Settings.Count > 0)
            yield return ("settings", "Settings",
            [
                E("div", A("class", "scroll"), E("table", E("tbody", data.Settings.Select(s => E("tr", E("th", A("scope", "row"), s.Name), E("td", A("class", "text"), s.Value))).ToArray()))),
            ]);
    }

    private static XElement Plots(IEnumerable<XElement> figures) => E("div", A("class", "plots"), figures.ToArray());

    private static object?[] Summary(IReadOnlyList<SummaryNumber> numbers) =>
    [
        E("dl", A("class", "numbers"), numbers.Select(n => E("div", E("dt", n.Name), E("dd", A("class", "value"), Number(n.Value, n.Format)),
            n.Low is double low && n.High is double high ? E("dd", $"{Number(low, n.Format)} … {Number(high, n.Format)}") : null,
            n.Note.Length == 0 ? null : E("dd", n.Note))).ToArray()),
    ];

    private static object?[] Detection(ReportData data)
    {
        var parts = new List<object?>();
        foreach (var plot in data.Histograms)
        {
            parts.Add(E("p", $"{Capitalised(plot.ScoreName)}: the less the two histograms overlap, the better it tells unknown images from known ones. Scores beyond the axis are counted in the bar at its end."));
            parts.Add(Plots(HistogramChart.Draw(plot)));
        }
        if (data.Roc.Count > 0)
            parts.Add(E("div", A("class", "block"), Plots(
            [
                new LineChart("ROC curves", "false-positive rate (unknown taken for known)", "true-positive rate (known kept)", data.Roc) { AreaName = "AUROC", XMax = 1, YMax = 1, ShowChance = true }.Draw(),
            ])));
        parts.AddRange(data.Detectors.Select(HtmlTable.Draw));
        return [.. parts];
    }

    private static object?[] Confusion(ConfusionPlot plot)
    {
        int classes = plot.ClassNames.Count;
        bool drawn = classes <= MatrixChart.MostClasses;
        var errors = (from t in Enumerable.Range(0, classes) from p in Enumerable.Range(0, classes) where t != p && plot.Counts[t, p] > 0 orderby plot.Counts[t, p] descending select (t, p)).Take(MostConfusions).ToArray();
        return
        [
            E("p", drawn ? "Colour: square root of the share of the true class, so that rare errors show; blue is right, orange is wrong. At the right, where shown: the share of each class that is right (recall)."
                : $"{classes} classes are too many to draw; these are the most frequent errors."),
            drawn ? MatrixChart.Draw(plot) : null,
            errors.Length == 0 ? null : E("div", A("class", "block"), E("h3", "Most frequent errors"), E("div", A("class", "scroll"), E("table",
                E("thead", E("tr", E("th", A("scope", "col"), "True class"), E("th", A("class", "text"), A("scope", "col"), "Predicted"), E("th", A("scope", "col"), "Images"))),
                E("tbody", errors.Select(e => E("tr", E("th", A("scope", "row"), plot.ClassNames[e.t]), E("td", A("class", "text"), plot.ClassNames[e.p]), E("td", Count(plot.Counts[e.t, e.p])))).ToArray())))),
        ];
    }

    private static XElement Gallery(IReadOnlyList<GalleryImage> images) => E("div", A("class", "gallery"), images.Select(g =>
    {
        var shape = g.Image.Shape;
        string truth = g.TrueClass.Length == 0 ? "" : $", true class {g.TrueClass}";
        return E("figure", Picture(Png.Encode(g.Image.Pixels.Span, shape.Channels, shape.Height, shape.Width), $"Image taken for {g.PredictedClass}{truth}", null),
            E("figcaption", E("b", g.PredictedClass), $" {Share(g.Confidence)}", truth.Length == 0 ? null : new object[] { E("br"), $"true: {g.TrueClass}" },
                g.LogDensity is double density ? new object[] { E("br"), $"log-density {Number(density, "F1")}" } : null));
    }).ToArray());

    private static XElement Picture(byte[] png, string description, double? width) =>
        E("img", A("class", "pixels"), A("alt", description), width is double w ? A("style", $"max-width:{Coordinate(w)}px") : null, A("src", "data:image/png;base64," + Convert.ToBase64String(png)));

    private static string Capitalised(string text) => text.Length == 0 ? text : string.Concat(char.ToUpperInvariant(text[0]).ToString(), text.AsSpan(1));
}

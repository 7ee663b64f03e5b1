using System.Xml.Linq;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>A reliability diagram: accuracy by confidence, the gap to the mean confidence, and under it the share of images in each bin.</summary>
internal static class ReliabilityChart
{
    private const double Bottom = 226, StripTop = 244, StripBottom = 300, Height = 346;

    public static XElement Draw(ReliabilityPlot plot)
    {
        var x = new Scale(0, 1, Panel.Left, Panel.Right);
        var y = new Scale(0, 1, Bottom, Panel.Top);
        long images = plot.Bins.Sum(b => b.Count);
        var share = Scale.UpToRound(100.0 * plot.Bins.Max(b => b.Count) / images, StripBottom, StripTop);
        string error = $"ECE {Number(plot.ExpectedCalibrationError, "F4")}, {Count(images)} images";
        var svg = Svg.Image(Panel.Width, Height, $"Reliability diagram, {plot.Name}", error);
        new Panel(x, y).DrawAxes(svg, null, "accuracy");
        new Panel(x, share).DrawAxes(svg, "confidence", "images (%)", yTicks: 2);
        foreach (var bin in plot.Bins.Where(b => b.Count > 0))
        {
            double from = x.At(bin.Low) + 0.5, width = x.At(bin.High) - x.At(bin.Low) - 1, accuracy = y.At(bin.Accuracy), confidence = y.At(bin.MeanConfidence);
            string tip = $"confidence {Number(bin.Low, "0.###")} to {Number(bin.High, "0.###")}: accuracy {Number(bin.Accuracy, "F3")}, mean confidence {Number(bin.MeanConfidence, "F3")}, {Count(bin.Count)} images";
            svg.Add(Svg.Rect(from, accuracy, width, Bottom - accuracy, "bar", tip));
            svg.Add(Svg.Rect(from, Math.Min(accuracy, confidence), width, Math.Abs(accuracy - confidence), "gap fill", tip));
            svg.Add(Svg.Line(from, accuracy, from + width, accuracy, "level"));
            double n = share.At(100.0 * bin.Count / images);
            svg.Add(Svg.Rect(from, n, width, StripBottom - n, "bar", tip));
        }
        svg.Add(Svg.Line(x.At(0), y.At(0), x.At(1), y.At(1), "guide"));
        return Figure(plot.Name, error, svg, Svg.Legend([("bar fill", "accuracy"), ("gap fill", "gap to the mean confidence"), ("guide", "perfect calibration")]));
    }
}

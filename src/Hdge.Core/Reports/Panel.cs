using System.Xml.Linq;

namespace Hdge.Reports;

/// <summary>The rectangle of a plot between its axes.</summary>
internal sealed record Panel(Scale X, Scale Y)
{
    public const double Width = 380, Left = 56, Right = 368, Top = 12;

    /// <summary>Grid lines, tick labels and axis labels; without <paramref name="xLabel"/> the X axis has lines only.</summary>
    public void DrawAxes(XElement svg, string? xLabel, string yLabel, int yTicks = 5)
    {
        foreach (var (value, label) in Y.Ticks(yTicks))
        {
            svg.Add(Svg.Line(X.From, Y.At(value), X.To, Y.At(value), "grid"));
            svg.Add(Svg.Text(X.From - 6, Y.At(value) + 4, label, anchor: "end"));
        }
        foreach (var (value, label) in X.Ticks())
        {
            svg.Add(Svg.Line(X.At(value), Y.From, X.At(value), Y.To, "grid"));
            if (xLabel is not null)
                svg.Add(Svg.Text(X.At(value), Y.From + 16, label));
        }
        svg.Add(Svg.Line(X.From, Y.From, X.To, Y.From, "axis"));
        svg.Add(Svg.Text(12, (Y.From + Y.To) / 2, yLabel, "label", degrees: -90));
        if (xLabel is not null)
            svg.Add(Svg.Text((X.From + X.To) / 2, Y.From + 36, xLabel, "label"));
    }
}

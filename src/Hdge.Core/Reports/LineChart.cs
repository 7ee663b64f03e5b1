using System.Xml.Linq;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>Curves over one pair of axes, with a legend.</summary>
internal sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<PlotCurve> Curves)
{
    private const double Bottom = 250, Height = 296;
    private const int MostMarkers = 30;

    /// <summary>What <see cref="PlotCurve.Area"/> is, in the legend.</summary>
    public string AreaName { get; init; } = "";

    public string AreaFormat { get; init; } = "F3";

    public string Caption { get; init; } = "";

    /// <summary>Upper end of X; by default the largest value.</summary>
    public double? XMax { get; init; }

    /// <summary>Upper end of Y; by default a round number above the largest value.</summary>
    public double? YMax { get; init; }

    /// <summary>Whether to draw the line Y = X, as what chance would give.</summary>
    public bool ShowChance { get; init; }

    public XElement Draw()
    {
        double top = Curves.SelectMany(c => c.Points).Max(p => p.Y), right = Curves.SelectMany(c => c.Points).Max(p => p.X);
        var x = new Scale(0, XMax ?? (right > 0 ? right : 1), Panel.Left, Panel.Right);
        var y = YMax is double most ? new Scale(0, most, Bottom, Panel.Top) : Scale.UpToRound(top > 0 ? top : 1, Bottom, Panel.Top);
        var svg = Svg.Image(Panel.Width, Height, Title, $"{YLabel} against {XLabel}: {string.Join(", ", Curves.Select(Name))}");
        new Panel(x, y).DrawAxes(svg, XLabel, YLabel);
        if (ShowChance)
            svg.Add(Svg.Line(x.At(0), y.At(0), x.At(1), y.At(1), "guide"));
        for (int i = 0; i < Curves.Count; i++)
        {
            var curve = Curves[i];
            svg.Add(Svg.Path(curve.Points.Select(p => (x.At(p.X), y.At(p.Y))), ReportStyle.Line(i), tip: Name(curve)));
            if (curve.Points.Count <= MostMarkers)
                foreach (var point in curve.Points)
                    svg.Add(Svg.Circle(x.At(point.X), y.At(point.Y), 3.5, ReportStyle.Marker(i), $"{curve.Name}: {Number(point.Y, "0.###")} at {Number(point.X, "0.###")}"));
        }
        var legend = Curves.Select((c, i) => (ReportStyle.Line(i), Name(c)));
        return Figure(Title, Caption, svg, Svg.Legend(ShowChance ? legend.Append(("guide", "chance")) : legend));
    }

    private string Name(PlotCurve curve) => curve.Area is double area ? $"{curve.Name} ({AreaName} {Number(area, AreaFormat)})" : curve.Name;
}

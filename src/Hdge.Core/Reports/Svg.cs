using System.Text;
using System.Xml.Linq;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>The shapes that plots are made of. Colours and fonts are classes of <see cref="ReportStyle"/>; series are numbered from 0.</summary>
internal static class Svg
{
    /// <summary>A drawing that fills the width it gets, read out by its title and description.</summary>
    public static XElement Image(double width, double height, string title, string description) =>
        E("svg", A("viewBox", $"0 0 {Coordinate(width)} {Coordinate(height)}"), A("role", "img"), A("aria-label", $"{title}. {description}"), E("desc", description));

    public static XElement Line(double x1, double y1, double x2, double y2, string css) =>
        E("line", A("x1", x1), A("y1", y1), A("x2", x2), A("y2", y2), A("class", css));

    public static XElement Rect(double x, double y, double width, double height, string css, string? tip = null) =>
        E("rect", A("x", x), A("y", y), A("width", width), A("height", height), A("class", css), Tip(tip));

    public static XElement Circle(double x, double y, double radius, string css, string? tip = null) =>
        E("circle", A("cx", x), A("cy", y), A("r", radius), A("class", css), Tip(tip));

    /// <summary>Text at a point. <paramref name="anchor"/>: start, middle or end; turned by <paramref name="degrees"/> around the point.</summary>
    public static XElement Text(double x, double y, string text, string css = "tick", string anchor = "middle", double degrees = 0) =>
        E("text", A("x", x), A("y", y), A("class", css), A("text-anchor", anchor),
            degrees == 0 ? null : A("transform", $"rotate({Coordinate(degrees)} {Coordinate(x)} {Coordinate(y)})"), text);

    /// <summary>A line through the points, closed or not. Steps too small to be seen are left out.</summary>
    public static XElement Path(IEnumerable<(double X, double Y)> points, string css, bool closed = false, string? tip = null)
    {
        var path = new StringBuilder();
        (double X, double Y) drawn = (double.NaN, 0), last = drawn;
        foreach (var point in points)
        {
            last = point;
            if (Math.Abs(point.X - drawn.X) + Math.Abs(point.Y - drawn.Y) < 0.5)
                continue;
            Append(point);
        }
        if (last != drawn && !double.IsNaN(last.X))
            Append(last);
        return E("path", A("d", closed ? path.Append('Z').ToString() : path.ToString()), A("class", css), Tip(tip));

        void Append((double X, double Y) point)
        {
            path.Append(path.Length == 0 ? 'M' : 'L').Append(Coordinate(point.X)).Append(' ').Append(Coordinate(point.Y));
            drawn = point;
        }
    }

    /// <summary>What a mouse that rests on a shape is told.</summary>
    private static XElement? Tip(string? text) => text is null ? null : E("title", text);

    /// <summary>The legend of a plot: HTML under it, so that long names wrap.</summary>
    public static XElement Legend(IEnumerable<(string Css, string Name)> entries) => E("ul", A("class", "legend"),
        entries.Select(e => E("li", E("svg", A("viewBox", "0 0 30 12"), A("aria-hidden", "true"), Swatch(e.Css)), e.Name)));

    private static XElement Swatch(string css) => css.Contains("fill", StringComparison.Ordinal) ? Rect(4, 1, 22, 10, css) : Line(1, 6, 29, 6, css);
}

using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Hdge.Reports;

/// <summary>Builds elements. The tree is written as XML that is HTML too, so every text is encoded, and no tag is left open.</summary>
internal static class Html
{
    private static readonly HashSet<string> Void = ["meta", "link", "img", "br", "line", "rect", "path", "circle"];

    /// <summary>An element with attributes, texts, elements and sequences of them; nulls are left out.</summary>
    public static XElement E(string name, params ReadOnlySpan<object?> content)
    {
        var element = new XElement(name);
        foreach (object? item in content)
            element.Add(item is string text ? Clean(text) : item);
        if (element.IsEmpty && !Void.Contains(name))
            element.Add(""); // <div></div>: HTML does not know <div/>
        return element;
    }

    public static XAttribute A(string name, string value) => new(name, Clean(value));

    /// <summary>A length or coordinate, to a hundredth.</summary>
    public static XAttribute A(string name, double value) => new(name, Coordinate(value));

    public static string Coordinate(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>A number for people: a true minus sign, and the same in every culture.</summary>
    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>For example "12,345".</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Share(double share) => Number(share, "P1");

    /// <summary>A drawing with its caption; <paramref name="title"/> is its heading.</summary>
    public static XElement Figure(string title, string caption, params ReadOnlySpan<object?> content) =>
        E("figure", title.Length == 0 ? null : E("h3", title), content.ToArray(), caption.Length == 0 ? null : E("figcaption", caption));

    /// <summary>Text without what XML cannot hold: control characters and halves of surrogate pairs become U+FFFD.</summary>
    private static string Clean(string text)
    {
        for (int i = 0; i < text.Length; i++)
            if (!XmlConvert.IsXmlChar(text[i]))
                return string.Concat(text.EnumerateRunes().Select(r => r.IsBmp && !XmlConvert.IsXmlChar((char)r.Value) ? "\uFFFD" : r.ToString()));
        return text;
    }
}

using System.Text;
using System.Xml;
using System.Xml.Linq;
using Hdge.Persistence;
using static Hdge.Reports.Html;

namespace Hdge.Reports;

/// <summary>
/// Writes an evaluation as one HTML file that needs nothing else: no script, no other file, no address. It follows the reader's light or dark setting,
/// fits a telephone, and prints.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the report under another name and renames it when it is whole, so a crash never leaves half a report.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="ArgumentException">There is nothing to show, or a part of the data is empty, not finite or does not fit; the message names the part.</exception>
    public static void Write(ReportData data, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var page = Page(data);
        WholeFile.Write(path, file => Write(page, file));
    }

    /// <summary>Writes the report as UTF-8; the stream stays open.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(ReportData data, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(Page(data), stream);
    }

    /// <summary>Writes the report as text, to be stored as UTF-8.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="text">Where to.</param>
    public static void Write(ReportData data, TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(Page(data), text);
    }

    private static void Write(XElement page, Stream stream)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        Write(page, text);
    }

    private static void Write(XElement page, TextWriter text)
    {
        text.Write("<!DOCTYPE html>\n");
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None }))
            page.Save(xml);
        text.Write('\n');
        text.Flush();
    }

    private static XElement Page(ReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        ReportCheck.Check(data);
        var sections = ReportSections.Of(data).ToList();
        return E("html", A("lang", "en"), "\n",
            E("head",
                E("meta", A("charset", "utf-8")), "\n",
                E("meta", A("name", "viewport"), A("content", "width=device-width, initial-scale=1")), "\n",
                E("meta", A("http-equiv", "Content-Security-Policy"), A("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")), "\n",
                E("link", A("rel", "icon"), A("href", "data:,")), "\n",
                E("title", data.Title), "\n",
                E("style", "\n" + ReportStyle.Css + "\n")), "\n",
            E("body",
                E("header", E("h1", data.Title), data.Subtitle.Length == 0 ? null : E("p", data.Subtitle), data.Warning is null ? null : E("p", E("strong", data.Warning))), "\n",
                E("nav", A("aria-label", "Sections"), E("ul", sections.Select(s => E("li", E("a", A("href", "#" + s.Id), s.Heading))).ToArray())), "\n",
                E("main", sections.SelectMany(s => new object[] { "\n", E("section", A("id", s.Id), E("h2", s.Heading), s.Content), "\n" }).ToArray())));
    }
}

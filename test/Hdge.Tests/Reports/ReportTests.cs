using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hdge.Reports;

namespace Hdge.Tests.Reports;

public class ReportTests
{
    private static readonly string[] Sections = ["summary", "calibration", "detection", "selective", "confusion", "robustness", "samples", "least-sure", "most-wrong", "tables", "settings"];

    [Fact]
    public void AReportWithEverythingHasEveryPartInOrderAndInTheContents()
    {
        var page = Page(SmallReport.Full());
        Assert.Equal(Sections, page.Descendants("section").Select(s => Value(s, "id")));
        Assert.Equal(Sections.Select(s => "#" + s), page.Descendants("nav").Single().Descendants("a").Select(a => Value(a, "href")));
        Assert.Equal(9, Plots(page).Count()); // 2 reliability, 2 histograms, ROC, risk, confusion, 2 robustness
        Assert.All(Plots(page), svg => Assert.False(string.IsNullOrWhiteSpace(Value(svg, "aria-label"))));
    }

    [Fact]
    public void APartWithoutDataIsLeftOut()
    {
        var full = SmallReport.Full();
        var empty = new ReportData { Title = "one part" };
        foreach (var (id, data) in new (string, ReportData)[]
        {
            ("summary", empty with { Summary = full.Summary }), ("calibration", empty with { Reliability = full.Reliability }), ("detection", empty with { Histograms = full.Histograms }),
            ("detection", empty with { Roc = full.Roc }), ("detection", empty with { Detectors = full.Detectors }), ("selective", empty with { RiskCoverage = full.RiskCoverage }),
            ("confusion", empty with { Confusion = full.Confusion }), ("robustness", empty with { Robustness = full.Robustness }), ("samples", empty with { Samples = full.Samples }),
            ("least-sure", empty with { LeastSure = full.LeastSure }), ("most-wrong", empty with { MostWrong = full.MostWrong }), ("tables", empty with { Tables = full.Tables }),
            ("settings", empty with { Settings = full.Settings }),
        })
            Assert.Equal([id], Page(data).Descendants("section").Select(s => Value(s, "id")));
    }

    [Fact]
    public void TextIsShownAsItIsAndNeverRun()
    {
        string expected = SmallReport.Hostile.Replace('\u0001', '\uFFFD');
        var page = Page(SmallReport.Full());
        Assert.Empty(page.Descendants("script"));
        Assert.Equal(expected, page.Descendants("h1").Single().Value);
        Assert.Equal(expected, page.Descendants("title").First().Value);
        Assert.Contains($"true cat, predicted {expected}: 10 (10.0 % of the class)", page.Descendants("title").Select(t => t.Value));
        Assert.Equal("half \uFFFD", Page(SmallReport.Full() with { Title = "half \uD83D" }).Descendants("h1").Single().Value);
    }

    [Fact]
    public void NothingIsTakenFromElsewhere()
    {
        string text = Text(SmallReport.Full());
        Assert.DoesNotMatch(new Regex(@"https?:|//[a-z]|@import|url\(|<script|\son\w+=", RegexOptions.IgnoreCase), text);
        Assert.All(Regex.Matches(text, @"\s(src|href)=""([^""]*)"), m => Assert.Matches("^(data:|#)", m.Groups[2].Value));
        string css = Page(SmallReport.Full()).Descendants("style").Single().Value;
        Assert.Contains(css, text, StringComparison.Ordinal); // nothing in it was encoded, which HTML would not undo there
    }

    [Fact]
    public void NumbersAreWrittenAlikeInEveryCulture()
    {
        string text = Text(SmallReport.Full());
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.PercentDecimalSeparator, comma.NumberFormat.NegativeSign) = (",", ",", "~");
        CultureInfo.CurrentCulture = comma;
        try
        {
            Assert.Equal(text, Text(SmallReport.Full()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        var summary = Section(text, "summary");
        Assert.Equal(["87.6 %", "85.0 % … 90.0 %", "on 9 images", "1234.568"], summary.Descendants("dd").Select(d => d.Value));
        Assert.Contains("log-density −3.2", Section(text, "least-sure").Value);
    }

    [Fact]
    public void TheBestOfAColumnIsBold()
    {
        var tables = Page(SmallReport.Full()).Descendants("section").Single(s => Value(s, "id") == "detection").Descendants("table").ToArray();
        string[][] Cells(XElement table) => [.. table.Descendants("tbody").Single().Elements("tr").Select(r => r.Elements("td").Select(c => c.Value + (Value(c, "class") == "best" ? "*" : "")).ToArray())];
        Assert.Equal(new string[][] { ["0.900*", "0.500", "0.700"], ["0.700", "–", "–"], ["0.900*", "0.750*", "0.825*"] }, Cells(tables[0]));
        Assert.Equal(new string[][] { ["0.200"], ["0.100*"] }, Cells(tables[1]));
        Assert.Equal(["log-density (in use)", "ODIN", "max logit"], tables[0].Descendants("tbody").Single().Descendants("th").Select(t => t.Value));
    }

    [Fact]
    public void ImagesAreInTheFile()
    {
        var full = SmallReport.Full();
        var page = Page(full);
        XElement Image(string section) => page.Descendants("section").Single(s => Value(s, "id") == section).Descendants("img").Single();
        var (shape, pixels) = Decode(Image("least-sure"));
        Assert.Equal(SmallImages.Shape, shape);
        Assert.Equal(SmallImages.Patterns(9).Bytes(4).ToArray(), pixels);
        Assert.Equal(full.MostWrong[0].Image.Pixels.ToArray(), Decode(Image("most-wrong")).Pixels);
        Assert.Equal(new ImageShape(1, 12, 92), Decode(Image("samples")).Shape); // 9 images in a row, 2 pixels between
    }

    [Fact]
    public void AFileIsReplacedAsAWholeOrNotAtAll()
    {
        string folder = Directory.CreateTempSubdirectory("hdge-report").FullName, path = Path.Combine(folder, "report.html");
        try
        {
            HtmlReport.Write(SmallReport.Full(), path);
            string first = File.ReadAllText(path);
            Assert.Equal(Text(SmallReport.Full()), first);
            using var memory = new MemoryStream();
            HtmlReport.Write(SmallReport.Full(), memory);
            Assert.Equal(File.ReadAllBytes(path), memory.ToArray());
            Assert.Throws<ArgumentException>(() => HtmlReport.Write(new ReportData { Title = "nothing" }, path));
            Assert.Equal(first, File.ReadAllText(path));
            HtmlReport.Write(SmallReport.Full() with { Title = "second" }, path);
            Assert.Contains("<h1>second</h1>", File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void DataThatWouldBeDrawnWrongIsRefusedByName()
    {
        var full = SmallReport.Full();
        var named = new NamedScores("known", new float[] { 1 });
        foreach (var (expected, data) in new (string, ReportData)[]
        {
            ("title only", new ReportData { Title = "x" }),
            ("Title", full with { Title = " " }),
            ("Summary 'NLL' is NaN", full with { Summary = [new("NLL", double.NaN)] }),
            ("one end", full with { Summary = [new("NLL", 1) { Low = 0 }] }),
            ("interval 2 to 1", full with { Summary = [new("NLL", 1) { Low = 2, High = 1 }] }),
            ("Reliability 'r' has no bin with images", full with { Reliability = [new("r", [new(0, 1, 0, 0, 0)], 0)] }),
            ("accuracy NaN", full with { Reliability = [new("r", [new(0, 1, 1, 0.5, double.NaN)], 0)] }),
            ("from 0.5 to 0.5", full with { Reliability = [new("r", [new(0.5, 0.5, 1, 0.5, 1)], 0)] }),
            ("no unknown set", full with { Histograms = [new("s", named, [])] }),
            ("'s', 'noise' has no scores", full with { Histograms = [new("s", named, [new("noise", default)])] }),
            ("'s', 'noise' has NaN as score 1", full with { Histograms = [new("s", named, [new("noise", new[] { 1, float.NaN })])] }),
            ("Roc 'digits' has 1 points", full with { Roc = [new("digits", [new(0, 0)])] }),
            ("(0.5, NaN) as point 1", full with { Roc = [new("digits", [new(0, 0), new(0.5, double.NaN)])] }),
            ("goes back from 0.5 to 0.4", full with { RiskCoverage = [new("c", [new(0.5, 0), new(0.4, 0)])] }),
            ("(∞, 0.5)", full with { Robustness = [new("L2", "", [new("m", [new(0, 1), new(double.PositiveInfinity, 0.5)])])] }),
            ("2 class names and 2x3 counts", full with { Confusion = new(["a", "b"], new long[2, 3]) }),
            ("none above zero", full with { Confusion = new(["a", "b"], new long[2, 2]) }),
            ("0 images", full with { Samples = full.Samples!.Subset([]) }),
            ("LeastSure has an image of 2x2x2", full with { LeastSure = [new(new ReportImage(new ImageShape(2, 2, 2), new byte[8]), "", "a", 0.5)] }),
            ("MostWrong has the confidence 1.5", full with { MostWrong = [full.MostWrong[0] with { Confidence = 1.5 }] }),
            ("Table 't' has 1 values in row 'r'", full with { Tables = [new("t", ["a", "b"], [new("r", [1])])] }),
        })
            Assert.Contains(expected, Assert.Throws<ArgumentException>(() => HtmlReport.Write(data, TextWriter.Null)).Message.Replace("Infinity", "∞"));
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void C11_TheReportIsTheSameInEveryCulture(string culture)
    {
        string expected = Text(SmallReport.Full()), actual;
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            actual = Text(SmallReport.Full());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        Assert.Equal(expected, actual);
    }

    internal static string Text(ReportData data)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        HtmlReport.Write(data, text);
        return text.ToString();
    }

    /// <summary>The page read as XML, which it is too.</summary>
    internal static XElement Page(ReportData data) => Parse(Text(data));

    internal static IEnumerable<XElement> Plots(XElement page) => page.Descendants("svg").Where(s => Value(s, "role") == "img");

    internal static string Value(XElement element, string attribute) => element.Attribute(attribute)?.Value ?? "";

    private static XElement Parse(string text)
    {
        Assert.StartsWith("<!DOCTYPE html>\n", text);
        return XDocument.Parse(text["<!DOCTYPE html>\n".Length..], LoadOptions.PreserveWhitespace).Root!;
    }

    private static XElement Section(string text, string id) => Parse(text).Descendants("section").Single(s => Value(s, "id") == id);

    private static (ImageShape Shape, byte[] Pixels) Decode(XElement image) => PngTests.Decode(Convert.FromBase64String(Value(image, "src")["data:image/png;base64,".Length..]));
}

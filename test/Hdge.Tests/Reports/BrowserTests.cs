using System.Text.Json;
using System.Text.RegularExpressions;
using Hdge.Reports;

namespace Hdge.Tests.Reports;

public sealed class BrowserTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-report").FullName;

    [ChromiumFact]
    public async Task ABrowserReadsTheReportWithoutComplaint()
    {
        string path = Path.Combine(_folder, "report #1 %.html");
        HtmlReport.Write(SmallReport.Full(), path);
        var (document, console) = await Chromium.Open(path);
        Assert.Empty(console);
        Assert.Equal(11, Regex.Count(document, "<section "));
        Assert.Equal(9, Regex.Count(document, "<svg [^>]*role=\"img\""));

        // A script in it would not run, and the browser would say so: the console is really read.
        File.WriteAllText(path, File.ReadAllText(path).Replace("</body>", "<script>document.title = 'ran'</script></body>"));
        (document, console) = await Chromium.Open(path);
        Assert.Contains("Content Security Policy", Assert.Single(console));
        Assert.DoesNotContain("<title>ran", document);
    }

    [ChromiumFact]
    public async Task NothingIsCutOffOrInvisibleInLightAndDarkWideAndNarrow()
    {
        // The only change to the page is that scripts may run, and one that measures.
        string path = Path.Combine(_folder, "measured.html");
        File.WriteAllText(path, ReportTests.Text(SmallReport.Full()).Replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'")
            .Replace("</body>", $"<script>{Measure}</script></body>"));
        var (light, dark) = (await Measured(path, 1000, dark: false), await Measured(path, 500, dark: true));
        foreach (var measured in new[] { light, dark })
        {
            Assert.Empty(measured.Outside);
            Assert.Equal(3, measured.Images);
            Assert.Equal(0, measured.Overflow);
            Assert.True(measured.Contrast >= 4.5, $"text has a contrast of {measured.Contrast}, WCAG asks for 4.5");
        }
        Assert.True(light.Background > 200 && dark.Background < 60, $"the page's background is {light.Background} in light and {dark.Background} in dark");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<Measures> Measured(string path, int width, bool dark)
    {
        var (document, console) = await Chromium.Open(path, width, dark);
        Assert.Empty(console);
        return JsonSerializer.Deserialize<Measures>(Regex.Match(document, "<title>({.*?})</title>").Groups[1].Value, JsonSerializerOptions.Web)!;
    }

    /// <summary>Texts that reach out of their drawing, images that were decoded, pixels that the page is too wide, the lowest contrast of text, the red of the background.</summary>
    private sealed record Measures(string[] Outside, int Images, double Overflow, double Contrast, double Background);

    private const string Measure = """
        const rgb = e => getComputedStyle(e).getPropertyValue(e instanceof SVGElement ? 'fill' : 'color').match(/[\d.]+/g).map(Number);
        const luminance = c => c.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
        const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
        const card = getComputedStyle(document.querySelector('section')).backgroundColor.match(/[\d.]+/g).map(Number);
        const outside = [];
        for (const text of document.querySelectorAll('svg text')) {
          const t = text.getBoundingClientRect(), s = text.ownerSVGElement.getBoundingClientRect();
          if (t.left < s.left - 1 || t.right > s.right + 1 || t.top < s.top - 1 || t.bottom > s.bottom + 1) outside.push(text.textContent);
        }
        const texts = [...document.querySelectorAll('section p, section dt, section dd, section th, section td, section li, section figcaption, section text:not(.cell)')];
        document.title = JSON.stringify({
          outside,
          images: [...document.images].filter(i => i.complete && i.naturalWidth > 0).length,
          overflow: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
          contrast: Math.min(...texts.map(t => contrast(rgb(t), card))),
          background: +getComputedStyle(document.body).backgroundColor.match(/\d+/)[0],
        });
        """;
}

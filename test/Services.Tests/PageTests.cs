using Hdge.Tests.Reports;
using Microsoft.Playwright;

namespace Services.Tests;

/// <summary>The page in a real browser.</summary>
[Collection("Service")]
public sealed class PageTests(ServiceFixture fixture)
{
    private static readonly string? s_pictures = Environment.GetEnvironmentVariable("HDGE_SCREENSHOTS"); // a folder, to look at the page

    [ChromiumFact]
    public async Task ThePageShowsAnswersInLightDarkAndOnAPhoneAndByKeyboard()
    {
        using var scored = await fixture.Http.PostAsync("score", ServiceFixture.Content(fixture.Letter));
        string why = (await ServiceFixture.Json(scored)).GetProperty("why").GetString()!;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Program, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        foreach (var (name, width, height, scheme) in new[] { ("light", 1100, 900, ColorScheme.Light), ("dark", 1100, 900, ColorScheme.Dark), ("phone", 390, 800, ColorScheme.Dark) })
        {
            await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
            var page = await context.NewPageAsync();
            page.SetDefaultTimeout(60_000);
            var complaints = new List<string>();
            page.Console += (_, message) => { if (message.Type is "error" or "warning") complaints.Add(message.Text); };
            page.PageError += (_, error) => complaints.Add(error);
            await page.GotoAsync(fixture.Http.BaseAddress!.ToString());

            // By keyboard: the first stop is the choice of pictures, which opens the browser's own dialogue.
            await page.Keyboard.PressAsync("Tab");
            Assert.Equal("files", await page.EvaluateAsync<string>("document.activeElement.id"));
            var files = page.GetByLabel("Pictures to score");
            await files.SetInputFilesAsync(new FilePayload[] { new() { Name = "letter.png", MimeType = "image/png", Buffer = fixture.Letter }, new() { Name = "shirt.png", MimeType = "image/png", Buffer = fixture.Picture } });
            var answer = page.GetByRole(AriaRole.Article, new() { Name = "Answer for letter.png" });
            await answer.WaitForAsync();
            await page.GetByRole(AriaRole.Article, new() { Name = "Answer for shirt.png" }).WaitForAsync();
            Assert.Contains(why, await answer.InnerTextAsync());
            await answer.GetByRole(AriaRole.Img, new() { NameString = "Histogram of" }).WaitForAsync();
            Assert.Equal(5, await answer.GetByRole(AriaRole.Meter).CountAsync());
            Assert.True(await answer.GetByRole(AriaRole.Img, new() { NameString = "The picture letter.png" }).EvaluateAsync<bool>("image => image.naturalWidth > 0"));
            await page.GetByText("Unknown in validation").WaitForAsync();

            // Dropped, not chosen; and no picture.
            await page.EvaluateAsync("() => { const data = new DataTransfer(); data.items.add(new File(['no picture'], 'note.txt', { type: 'text/plain' })); document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true })); }");
            await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "note.txt: The content type is" }).WaitForAsync();
            Assert.Single(complaints.Distinct()); // the browser's own line of the 415
            Assert.Contains("415", complaints[0]);

            Assert.Equal(0, await page.EvaluateAsync<int>("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"));
            Assert.True(await page.EvaluateAsync<double>(LowestContrast) >= 4.5, $"{name}: a text's contrast is below 4.5");
            Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('input, img, meter, svg')].filter(e => !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.getAttribute('alt')).length"));
            if (s_pictures is not null)
                await page.ScreenshotAsync(new() { Path = Path.Combine(s_pictures, name + ".png"), FullPage = true });
        }
    }

    private const string LowestContrast = """
        () => {
          const numbers = c => c.match(/[\d.]+/g).map(Number);
          const light = c => numbers(c).slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
          const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (numbers(c)[3] !== 0) return c; } return 'rgb(255, 255, 255)'; };
          const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          return Math.min(...[...document.querySelectorAll('h1, h2, p, th, td, dt, dd, caption, figcaption, label, strong, summary, svg text')].filter(e => e.textContent.trim() && e.getClientRects().length)
            .map(e => ratio(light(getComputedStyle(e)[e instanceof SVGElement ? 'fill' : 'color']), light(ground(e)))));
        }
        """;
}

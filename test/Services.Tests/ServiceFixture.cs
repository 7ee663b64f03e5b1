using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using ScoringService;

namespace Services.Tests;

/// <summary>A small model, trained once, and services of it on this machine.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    private WebApplication? _app;

    public string Folder { get; } = Directory.CreateTempSubdirectory("hdge-service").FullName;

    public string ModelFile => Path.Combine(Folder, "model.zip");

    /// <summary>A service without keys.</summary>
    public HttpClient Http { get; private set; } = null!;

    public byte[] Picture => File.ReadAllBytes(Directory.GetFiles(Path.Combine(Folder, "pictures")).Order(StringComparer.Ordinal).First());

    public byte[] Letter => File.ReadAllBytes(Path.Combine(Folder, "pictures", "letter-00.png"));

    public async Task InitializeAsync()
    {
        Prepare.Run(null, Folder, epochs: 1, most: 400);
        (_app, Http) = await Start();
    }

    public async Task<(WebApplication App, HttpClient Http)> Start(params string[] settings)
    {
        var app = Service.Build(["--urls", "http://127.0.0.1:0", "--Service:Model", ModelFile, "--Logging:LogLevel:Default", "Warning", .. settings]);
        await app.StartAsync();
        return (app, new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(2) });
    }

    public static HttpContent Content(byte[] bytes, string? type = "image/png")
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    public static async Task<JsonElement> Json(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"{response.StatusCode}: no JSON: {text}");
        }
    }

    public async Task DisposeAsync()
    {
        Http?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

[CollectionDefinition("Service")]
public sealed class ServiceTestGroup : ICollectionFixture<ServiceFixture>;

using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using Hdge.Data;
using Hdge.Serving;
using Microsoft.AspNetCore.Mvc;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ScoringService;

/// <summary>The web application.</summary>
internal static class Service
{
    private static readonly SemaphoreSlim s_decoding = new(Environment.ProcessorCount);

    /// <summary>Builds it; the model is loaded when it starts.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? change = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        change?.Invoke(builder);
        var options = (builder.Configuration.GetSection("Service").Get<ServiceOptions>() ?? new()).Checked();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // Upload counts, and what is refused can still be read to its end
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxConcurrentConnections = 10_000;
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(5)); // a client that sends slower is cut off
        });
        var services = builder.Services;
        services.AddSingleton(options).AddSingleton(new Drift(options.DriftWindow, options.DriftLevel)).AddSingleton<Upload>().AddSingleton<Meters>().AddSingleton<ModelHost>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelHost>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Deadline + options.UploadTime);
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch // what the framework refuses by itself
        {
            415 => "The content type is none of those that are taken: send the picture's file as the body, as image/jpeg, image/png, image/gif, image/bmp, image/webp or application/octet-stream, not a form.",
            405 => "The route does not take this method.",
            404 => "There is no such route; openapi/v1.json lists them.",
            _ => null,
        });
        services.AddOpenApi(api => api.AddDocumentTransformer((document, _, _) =>
        {
            (document.Info.Title, document.Info.Description) = ("Scoring service", "Classifies images, and says which are unlike anything learnt.");
            return Task.CompletedTask;
        }));
        var telemetry = services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(Meters.Name, "Hdge", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter())
            .WithTracing(traces => traces.AddSource("Hdge").AddAspNetCoreInstrumentation(tracing => tracing.Filter = context => context.Request.Path.StartsWithSegments("/score")));
        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
            OpenTelemetry.OpenTelemetryBuilderOtlpExporterExtensions.UseOtlpExporter(telemetry);
        var app = builder.Build();
        app.Use((context, next) => Upload.Linger(context, next, 4L * options.MostBytes));
        app.UseExceptionHandler().UseStatusCodePages();
        Map(app, options);
        app.Services.GetRequiredService<ModelHost>(); // a model that cannot be read ends the start, with its reason
        app.Services.GetRequiredService<Meters>();
        return app;
    }

    private static void Map(WebApplication app, ServiceOptions options)
    {
        app.MapPost("/score", Score).RequireApiKey(options).WithSummary("Scores one picture").WithDescription("The body is the picture's file: JPEG, PNG, GIF, BMP or WebP.")
            .Accepts<byte[]>("application/octet-stream", "image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp")
            .Produces<Answer>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(408).ProducesProblem(413).ProducesProblem(415).ProducesProblem(422).ProducesProblem(503).ProducesProblem(504);
        app.MapPost("/admin/reload", Reload).RequireAdmin(options).WithSummary("Loads the model's file anew; the old model answers until it is there").Produces<ModelFacts>().ProducesProblem(401).ProducesProblem(422);
        app.MapGet("/model", (ModelHost models) => Facts(models)).RequireApiKey(options).WithSummary("The model, and the scores of its validation images").Produces<ModelFacts>();
        app.MapGet("/stats", Stats).RequireApiKey(options).WithSummary("The numbers of the page").Produces<ServiceStats>();
        app.MapGet("/health/live", () => "alive").WithSummary("The process runs");
        app.MapGet("/health/ready", Ready).WithSummary("Images can be scored").Produces<string>().ProducesProblem(503);
        app.MapPrometheusScrapingEndpoint("/metrics").RequireApiKey(options);
        app.MapOpenApi();
        string page = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("page.html")!).ReadToEnd();
        app.MapGet("/", (HttpContext context) =>
        {
            string nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
            context.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; connect-src 'self'; img-src 'self' blob: data:; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.Content(page.Replace("NONCE", nonce, StringComparison.Ordinal), "text/html; charset=utf-8");
        }).ExcludeFromDescription();
    }

    private static async Task<IResult> Score(HttpContext context, ModelHost models, Upload upload, Drift drift, Meters meters, [FromQuery] string? top)
    {
        long start = Stopwatch.GetTimestamp();
        bool isRead = false;
        try
        {
            using var body = await upload.Read(context.Request, context.RequestAborted);
            isRead = true;
            using var lease = models.Rent();
            var model = lease.Value;
            int count = top is null ? 5 : int.TryParse(top, out int number) && number >= 1 ? number : throw new Refusal(400, $"top is '{(top.Length > 100 ? top[..100] : top)}', expected a number of classes of at least 1.");
            var pixels = await Decode(model, body, context.RequestAborted);
            var score = await model.Batcher.ScoreAsync(pixels, context.RequestAborted);
            drift.Add(!score.IsInDistribution, model.Reference);
            var answer = Answer.Of(model, score, score.IsInRange ? null : model.Model.RangeProblem(pixels), count);
            meters.Answered(Stopwatch.GetElapsedTime(start), score.BatchSize, !score.IsInDistribution, answer.Class);
            return Results.Ok(answer);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty; // nobody listens any more
        }
        catch (Exception error) when (AsRefusal(error) is { } refusal)
        {
            meters.Refused(refusal.Status);
            if (!isRead) // what is left of the body ends the connection: the caller shall not take it again
                context.Response.Headers.Connection = "close";
            if (refusal.Status == 503)
                context.Response.Headers.RetryAfter = "1";
            return refusal.Result();
        }
    }

    private static async Task<byte[]> Decode(ServedModel model, Upload.Body body, CancellationToken cancellationToken)
    {
        var pixels = new byte[model.Model.InputShape.Length];
        await s_decoding.WaitAsync(cancellationToken); // a picture takes many times its file in memory
        try
        {
            return model.Decoder.Decode(body.Bytes, pixels, out string? reason) switch
            {
                PhotoFault.None => pixels,
                PhotoFault.UnknownFormat => throw new Refusal(415, $"The picture cannot be read: {reason}."),
                PhotoFault.TooLarge => throw new Refusal(413, $"The picture cannot be read: {reason}."),
                _ => throw new Refusal(422, $"The picture cannot be read: {reason}."),
            };
        }
        finally
        {
            s_decoding.Release();
        }
    }

    private static Refusal? AsRefusal(Exception error) => error switch
    {
        Refusal refusal => refusal,
        ScoringQueueFullException or ObjectDisposedException => new(503, error.Message),
        TimeoutException => new(504, error.Message),
        InvalidDataException or ArgumentException => new(422, error.Message),
        _ => null,
    };

    private static async Task<IResult> Reload(ModelHost models, CancellationToken cancellationToken)
    {
        try
        {
            await models.Reload(cancellationToken);
            return Results.Ok(Facts(models));
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            return new Refusal(422, $"The old model goes on. {error.Message}").Result();
        }
    }

    private static IResult Ready(ModelHost models, IHostApplicationLifetime life) =>
        life.ApplicationStopping.IsCancellationRequested ? new Refusal(503, "The service is stopping.").Result() : Facts(models) is { } model ? Results.Text($"ready: {model.Description}") : null!;

    private static ModelFacts Facts(ModelHost models)
    {
        using var lease = models.Rent();
        var model = lease.Value;
        var decision = model.Model.Decision;
        var histogram = model.Reference?.Histogram();
        return new(model.Model.ToString()!, [.. model.ClassNames], decision.Score.Name, Number(decision.Lower), Number(decision.Upper), model.Reference?.Images, model.Reference is { } r ? (double)r.Unknown / r.Images : null,
            histogram is { } h ? new(h.From, h.To, h.Counts) : null, model.Loaded, models.Reloads);

        static double? Number(double value) => double.IsFinite(value) ? value : null;
    }

    private static ServiceStats Stats(ModelHost models, Meters meters, Drift drift)
    {
        var (perSecond, p50, p99, batch) = meters.Recent();
        using var lease = models.Rent();
        return new(perSecond, p50, p99, batch, lease.Value.Batcher.Waiting, models.Reloads, drift.Now());
    }

    /// <summary>The model, and what decides.</summary>
    internal sealed record ModelFacts(string Description, string[] Classes, string Score, double? Lower, double? Upper, int? ValidationImages, double? ValidationUnknown, ScoreHistogram? Validation, DateTimeOffset Loaded, int Reloads);

    /// <summary>Counts of the validation images' scores, in equal bins.</summary>
    internal sealed record ScoreHistogram(double From, double To, int[] Counts);

    /// <summary>Of the last answers: how many a second, times in ms, images a forward pass; images that wait now; the share of unknowns.</summary>
    internal sealed record ServiceStats(double PerSecond, double P50Ms, double P99Ms, double BatchSize, int Waiting, int Reloads, Drift.State Unknown);
}

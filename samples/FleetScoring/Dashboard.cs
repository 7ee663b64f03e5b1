using Hangfire;
using Hangfire.Dashboard;

namespace FleetScoring;

/// <summary>Hangfire's dashboard, for callers on this machine: jobs, retries, workers, and how many images are scored.</summary>
internal static class Dashboard
{
    public static async Task<WebApplication> Start(string url, JobStorage storage, Progress progress)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Hangfire", LogLevel.Error);
        builder.Services.AddHangfire(configuration => configuration
            .UseStorage(storage)
            .UseDashboardMetric(new DashboardMetric("fleet:images", "Images scored", _ => new Metric(progress.Done().Images)))
            .UseDashboardMetric(new DashboardMetric("fleet:progress", "Fleet", _ => new Metric(progress.Tell()))));
        var app = builder.Build();
        app.UseHangfireDashboard("", new DashboardOptions { DashboardTitle = "Fleet scoring", AppPath = null }, storage);
        await app.StartAsync();
        return app;
    }
}

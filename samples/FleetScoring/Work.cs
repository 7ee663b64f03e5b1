using System.Data.Common;
using Hangfire;

namespace FleetScoring;

/// <summary>Scores shards in this process until all are scored, by whomever.</summary>
internal static class Work
{
    private static readonly TimeSpan s_tell = TimeSpan.FromSeconds(10), s_fill = TimeSpan.FromSeconds(30);

    /// <returns>Whether all are; false where it was told to stop.</returns>
    public static async Task<bool> Run(Arguments arguments, string folder, TextWriter log, CancellationToken stop)
    {
        var plan = Plan.Read(folder);
        var results = new Results(plan, folder);
        var progress = new Progress(plan, results);
        GlobalConfiguration.Configuration.UseColouredConsoleLogProvider(Hangfire.Logging.LogLevel.Error);
        using var model = FleetModel.Of(plan, folder);
        var storage = await Task.Run(() => JobQueue.Open(arguments.Postgres, arguments.Timeout), stop);
        using var memory = storage as IDisposable;
        await using var dashboard = arguments.Dashboard is null ? null : await Dashboard.Start(arguments.Dashboard, storage, progress);
        using var server = new BackgroundJobServer(Options(arguments, plan, new OneJob(new ShardJob(plan, folder, model, results, arguments.Slow))), storage);
        var look = TimeSpan.FromMilliseconds(500) * (1 + plan.Shards.Count / 200); // it asks for each shard's file
        DateTime tell = default, fill = default;
        while (results.Missing.Count > 0)
        {
            if (DateTime.UtcNow >= fill)
                fill = DateTime.UtcNow + (Fill(storage, plan, results, log) ? s_fill : TimeSpan.FromSeconds(2));
            if (DateTime.UtcNow >= tell)
            {
                log.WriteLine(progress.Tell());
                tell = DateTime.UtcNow + s_tell;
            }
            await Task.Delay(look, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (stop.IsCancellationRequested)
            {
                log.WriteLine("stopped: the shards begun go to other workers");
                return false;
            }
        }
        log.WriteLine(progress.Tell());
        return true;
    }

    private static BackgroundJobServerOptions Options(Arguments arguments, Plan plan, JobActivator activator) => new()
    {
        Activator = activator,
        Queues = [$"fleet-{plan.Id}"],
        WorkerCount = arguments.Workers,
        HeartbeatInterval = arguments.Timeout / 6,
        ServerTimeout = arguments.Timeout,
        ServerCheckInterval = arguments.Timeout / 2,
        SchedulePollingInterval = TimeSpan.FromSeconds(1),
        CancellationCheckInterval = TimeSpan.FromSeconds(2),
    };

    // The database may be away for a while: it is asked again.
    private static bool Fill(JobStorage storage, Plan plan, Results results, TextWriter log)
    {
        try
        {
            int made = JobQueue.Fill(storage, plan, results);
            if (made > 0)
                log.WriteLine($"{made} shards enqueued");
            return true;
        }
        catch (Exception error) when (error is DbException or InvalidOperationException or TimeoutException or IOException
            or Hangfire.Storage.DistributedLockTimeoutException or Hangfire.PostgreSql.PostgreSqlDistributedLockException or BackgroundJobClientException)
        {
            log.WriteLine($"the jobs' storage does not answer, asked again: {error.Message}");
            return false;
        }
    }
}

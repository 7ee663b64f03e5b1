using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Hangfire.States;
using Npgsql;

namespace FleetScoring;

/// <summary>The shards' jobs in Hangfire's storage.</summary>
internal static class JobQueue
{
    /// <summary>PostgreSQL, or this process's memory.</summary>
    /// <param name="connection">Connection string; null for memory.</param>
    /// <param name="timeout">After how long without a sign of life a worker's shard goes to another, and a lock that it held is broken.</param>
    public static JobStorage Open(string? connection, TimeSpan timeout)
    {
        if (connection is null)
            return new InMemoryStorage(new() { MaxExpirationTime = null });
        var options = new PostgreSqlStorageOptions
        {
            InvisibilityTimeout = timeout,
            UseSlidingInvisibilityTimeout = true, // renewed while the worker lives: a shard may take longer
            DistributedLockTimeout = timeout, // a lock is a row, which stays when its owner is killed; the default would keep it for 10 minutes
            QueuePollInterval = TimeSpan.FromMilliseconds(500),
        };
        for (int attempt = 1; ; attempt++)
            try
            {
                // Workers that start at the same time would make the tables at the same time, and fail: one after the other.
                using var alone = new NpgsqlConnection(connection);
                alone.Open();
                using var wait = new NpgsqlCommand("SELECT pg_advisory_lock(5260119)", alone);
                wait.ExecuteNonQuery();
                return new PostgreSqlStorage(new NpgsqlConnectionFactory(connection, options), options);
            }
            catch (NpgsqlException) when (attempt < 10) // it may be starting, or away for a moment
            {
                Thread.Sleep(TimeSpan.FromSeconds(3));
            }
    }

    /// <summary>Sees to it that every shard without a result has a job that is to run. Whoever calls it, and how often: none has two.</summary>
    /// <remarks>A process that dies between making a job and noting it leaves one that nobody knows of; then the shard's second job finds the result there, and does nothing.</remarks>
    public static int Fill(JobStorage storage, Plan plan, Results results)
    {
        var missing = results.Missing;
        if (missing.Count == 0)
            return 0;
        string key = $"fleet:{plan.Id}";
        var client = new BackgroundJobClient(storage);
        using var connection = storage.GetConnection();
        using var alone = connection.AcquireDistributedLock(key, TimeSpan.FromMinutes(2));
        var known = connection.GetAllEntriesFromHash(key) ?? [];
        int made = 0;
        foreach (int shard in missing)
        {
            string name = FormattableString.Invariant($"{shard}");
            if ((known.TryGetValue(name, out string? id) && IsToRun(connection.GetStateData(id)?.Name)) || results.IsWhole(shard)) // done while this waited for the lock
                continue;
            string planId = plan.Id;
            id = client.Create<ShardJob>(job => job.Score(planId, shard, default), new EnqueuedState());
            connection.SetRangeInHash(key, [new(name, id)]);
            made++;
        }
        return made;
    }

    private static bool IsToRun(string? state) => state == EnqueuedState.StateName || state == ProcessingState.StateName || state == ScheduledState.StateName;
}

using System.Diagnostics;
using Hangfire;

namespace FleetScoring;

/// <summary>What a shard's job tells Hangfire's dashboard.</summary>
internal sealed record ShardReport(int Images, int Damaged, bool WasThere, double Seconds, double ImagesPerSecond);

/// <summary>Scores a shard, unless its result is there.</summary>
internal sealed class ShardJob(Plan plan, string folder, FleetModel model, Results results, TimeSpan slow)
{
    /// <param name="plan">The plan's <see cref="Plan.Id"/>: workers take jobs of their own plan alone. The attribute keeps the queue through retries.</param>
    /// <param name="shard">Number of the shard.</param>
    /// <param name="cancellationToken">Hangfire's: the process ends, or another worker has the job.</param>
    [Queue("fleet-{0}")]
    [JobDisplayName("shard {1}")]
    [AutomaticRetry(Attempts = 1000, DelaysInSeconds = [1, 5, 15, 60])]
    public ShardReport Score(string planId, int shard, CancellationToken cancellationToken)
    {
        if (planId != plan.Id)
            throw new InvalidOperationException($"The job is of plan {planId}, this worker of {plan.Id}.");
        int count = plan.Shards[shard].Count;
        if (results.IsWhole(shard))
            return new(count, 0, true, 0, 0);
        var clock = Stopwatch.StartNew();
        int damaged = 0;
        Whole.Write(results.Path(shard), file =>
        {
            foreach (var line in new Scorer(model, plan.Root).Score(plan.Shards[shard].First, plan.InputsOf(folder, shard), cancellationToken))
            {
                line.Write(file);
                damaged += line.Problem is null ? 0 : 1;
            }
            if (slow > TimeSpan.Zero && cancellationToken.WaitHandle.WaitOne(slow))
                cancellationToken.ThrowIfCancellationRequested();
        });
        double seconds = clock.Elapsed.TotalSeconds;
        return new(count, damaged, false, Math.Round(seconds, 3), Math.Round(count / seconds, 1));
    }
}

/// <summary>Gives Hangfire the one job of this process.</summary>
internal sealed class OneJob(ShardJob job) : JobActivator
{
    public override object ActivateJob(Type jobType) => job;
}

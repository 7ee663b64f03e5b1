namespace FleetScoring;

/// <summary>What the commands do.</summary>
internal static class Commands
{
    /// <returns>The exit code: 0, or 1 where it was stopped before the end.</returns>
    public static async Task<int> Run(Arguments arguments, TextWriter log, CancellationToken stop)
    {
        switch (arguments.Command)
        {
            case "plan":
                Plan(arguments, log);
                return 0;
            case "work":
                return await Work.Run(arguments, arguments.Path, log, stop) ? 0 : 1;
            case "watch":
                return await Watch(arguments, log, stop);
            case "merge":
                Merge(arguments.Path, arguments.To, log);
                return 0;
            default:
                Plan(arguments, log);
                if (!await Work.Run(arguments, arguments.Out!, log, stop))
                    return 1;
                Merge(arguments.Out!, arguments.To, log);
                return 0;
        }
    }

    private static void Plan(Arguments arguments, TextWriter log)
    {
        var plan = Planner.Write(arguments.Path, arguments.Model!, arguments.Out!, arguments.Shard);
        log.WriteLine($"plan {plan.Id} in {arguments.Out}: {plan.Inputs} images, {plan.Shards.Count} shards, model {plan.ModelSha256}");
    }

    private static async Task<int> Watch(Arguments arguments, TextWriter log, CancellationToken stop)
    {
        var plan = FleetScoring.Plan.Read(arguments.Path);
        var progress = new Progress(plan, new Results(plan, arguments.Path));
        while (true)
        {
            log.WriteLine(progress.Tell());
            bool done = progress.Done().Shards == plan.Shards.Count;
            if (done || arguments.Once || stop.IsCancellationRequested)
                return done || arguments.Once ? 0 : 1;
            await Task.Delay(2000, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private static void Merge(string folder, string? to, TextWriter log)
    {
        to ??= Path.Combine(folder, "results.jsonl");
        var counts = FleetScoring.Merge.Write(FleetScoring.Plan.Read(folder), folder, to);
        log.WriteLine($"{to}: every one of {counts.Inputs} images once, in order: {counts.Scored} scored ({counts.Unknown} of them unknown), {counts.Damaged} with a problem; SHA-256 {FleetScoring.Plan.Sha256(to)}");
    }
}

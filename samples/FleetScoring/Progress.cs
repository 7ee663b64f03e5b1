using System.Diagnostics;

namespace FleetScoring;

/// <summary>How far a fleet is, by what lies in its folder.</summary>
internal sealed class Progress(Plan plan, Results results)
{
    private readonly Queue<(TimeSpan At, long Images)> _seen = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public (int Shards, long Images) Done()
    {
        int[] there = [.. Enumerable.Range(0, plan.Shards.Count).Where(shard => File.Exists(results.Path(shard)))];
        return (there.Length, there.Sum(shard => (long)plan.Shards[shard].Count));
    }

    /// <summary>Shards and images done, images a second in the last minute, and how long the rest will take.</summary>
    public string Tell()
    {
        var (shards, images) = Done();
        lock (_seen)
        {
            _seen.Enqueue((_clock.Elapsed, images));
            while (_seen.Count > 2 && _clock.Elapsed - _seen.Peek().At > TimeSpan.FromMinutes(1))
                _seen.Dequeue();
            var (at, before) = _seen.Peek();
            double rate = (images - before) / Math.Max(0.001, (_clock.Elapsed - at).TotalSeconds);
            string rest = images == plan.Inputs ? "done" : rate > 0 ? $"{TimeSpan.FromSeconds(Math.Min(1e8, (plan.Inputs - images) / rate)):d\\.hh\\:mm\\:ss} to go" : "waiting";
            string speed = _seen.Count > 1 ? $", {rate:F1} a second, {rest}" : images == plan.Inputs ? ", done" : ""; // one look tells none
            return $"shards {shards} of {plan.Shards.Count}, images {images} of {plan.Inputs}{speed}";
        }
    }
}

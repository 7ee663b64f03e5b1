using System.Diagnostics.Metrics;

namespace ScoringService;

/// <summary>The service's own meters, for Prometheus and OTLP (meter "ScoringService"), and the few numbers that its page shows.</summary>
internal sealed class Meters : IDisposable
{
    public const string Name = "ScoringService";
    private const int Kept = 1000;

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _answers, _refusals;
    private readonly Histogram<double> _latency;
    private readonly Lock _lock = new();
    private readonly Queue<(long At, double Seconds, int Batch)> _recent = new();

    public Meters(Drift drift, ModelHost models)
    {
        _answers = _meter.CreateCounter<long>("service.answers", "{image}", "Images answered, by whether they are unknown");
        _refusals = _meter.CreateCounter<long>("service.refusals", "{request}", "Uploads refused, by status");
        _latency = _meter.CreateHistogram<double>("service.latency", "s", "Time from upload to answer", advice: new() { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] });
        _meter.CreateObservableGauge("service.unknown.share", () => drift.Now() is { Answers: > 0 } now ? (double)now.Unknown / now.Answers : 0, "1", "Share of unknowns among all answers");
        _meter.CreateObservableGauge("service.unknown.drift.probability", () => drift.Now().LastProbability ?? 1, "1", "Two-sided probability of the last window's share of unknowns, if validation's holds");
        _meter.CreateObservableGauge("service.unknown.drift.alarm", () => drift.Now().Alarm ? 1 : 0, "1", "1 where that probability is below the level");
        _meter.CreateObservableGauge("service.model.reloads", () => models.Reloads, "1", "Models loaded after the first");
    }

    public void Answered(TimeSpan time, int batch, bool isUnknown, string answer)
    {
        _answers.Add(1, new KeyValuePair<string, object?>("unknown", isUnknown), new("class", answer));
        _latency.Record(time.TotalSeconds);
        lock (_lock)
        {
            _recent.Enqueue((Environment.TickCount64, time.TotalSeconds, batch));
            if (_recent.Count > Kept)
                _recent.Dequeue();
        }
    }

    public void Refused(int status) => _refusals.Add(1, new KeyValuePair<string, object?>("status", status));

    /// <summary>Of the last thousand answers: how many came in the last ten seconds, a second; median and 99th percentile of their time in ms; images a forward pass.</summary>
    public (double PerSecond, double P50, double P99, double Batch) Recent()
    {
        (long At, double Seconds, int Batch)[] recent;
        lock (_lock)
            recent = [.. _recent];
        if (recent.Length == 0)
            return default;
        long since = Environment.TickCount64 - 10_000;
        var last = recent.Where(r => r.At >= since).ToArray();
        // Where the thousand are younger than ten seconds, their own span counts.
        double span = last.Length == Kept ? Math.Max(1, Environment.TickCount64 - recent[0].At) / 1000.0 : 10;
        double[] times = [.. recent.Select(r => 1000 * r.Seconds).Order()];
        return (last.Length / span, times[times.Length / 2], times[Math.Min(times.Length - 1, times.Length * 99 / 100)], recent.Average(r => r.Batch));
    }

    public void Dispose() => _meter.Dispose();
}

using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hdge.Serving;

/// <summary>What is measured of scoring one by one, for OpenTelemetry and anything else that listens to .NET's meters: meter and activity source "Hdge".</summary>
internal static class ServiceMeters
{
    public const string Name = "Hdge";

    private static readonly Meter s_meter = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Images that wait in all queues.</summary>
    public static UpDownCounter<int> Waiting { get; } = s_meter.CreateUpDownCounter<int>("hdge.queue.length", "{image}", "Images that wait for their forward pass");

    /// <summary>Images of a forward pass.</summary>
    public static Histogram<int> BatchSize { get; } = s_meter.CreateHistogram<int>("hdge.batch.size", "{image}", "Images that share a forward pass",
        advice: new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });

    /// <summary>How long a forward pass took.</summary>
    public static Histogram<double> BatchTime { get; } = s_meter.CreateHistogram<double>("hdge.batch.duration", "s", "Time of a forward pass with all that follows from it", advice: Seconds);

    /// <summary>How long an image waited.</summary>
    public static Histogram<double> Wait { get; } = s_meter.CreateHistogram<double>("hdge.queue.wait", "s", "Time that an image waits for its forward pass", advice: Seconds);

    /// <summary>Images that were refused.</summary>
    public static Counter<long> Refused { get; } = s_meter.CreateCounter<long>("hdge.queue.refused", "{image}", "Images that were refused because the queue was full");

    private static InstrumentAdvice<double> Seconds => new() { HistogramBucketBoundaries = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] };
}

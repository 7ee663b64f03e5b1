using Microsoft.ML.OnnxRuntime;

namespace Hdge.MLNet.Onnx;

/// <summary>How ONNX Runtime computes.</summary>
public sealed record OnnxSessionOptions
{
    /// <summary>Threads that a call computes with, at least 1. Default null: as many as the process may use cores. 1 is best where many threads score at once.</summary>
    public int? Threads { get; init; }

    /// <summary>
    /// Whether threads wait for work by spinning: a little faster on a machine that nobody else uses, much slower on one that is shared. Default false.
    /// </summary>
    public bool AllowSpinning { get; init; }

    /// <summary>Number of the CUDA device to compute on; the application then adds Microsoft.ML.OnnxRuntime.Gpu. Default null: the processor.</summary>
    public int? GpuDeviceId { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Threads is null or >= 1, Threads ?? 0, "at least 1, or null", nameof(Threads));
        Argument.Require(GpuDeviceId is null or >= 0, GpuDeviceId ?? 0, "at least 0, or null", nameof(GpuDeviceId));
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);

    internal SessionOptions Create()
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = Threads ?? Math.Min(Environment.ProcessorCount, 64),
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", AllowSpinning ? "1" : "0");
            if (GpuDeviceId is { } gpu)
                options.AppendExecutionProvider_CUDA(gpu);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }
}

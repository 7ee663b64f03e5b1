using Microsoft.ML.Runtime;
using TorchSharp;

namespace Hdge.MLNet.Interop;

/// <summary>Where the network runs, from what an application told its MLContext.</summary>
internal static class DeviceChoice
{
    /// <summary>"cpu", "cuda:1" and so on, or null for a GPU if there is one. A CPU that stands in for a GPU is told in the log.</summary>
    /// <param name="environment">The context's environment.</param>
    /// <param name="wanted">What the options ask for; null leaves it to the context.</param>
    /// <exception cref="InvalidOperationException">The context asks for a GPU that is not there and does not allow the CPU instead.</exception>
    public static string? Of(IHostEnvironment environment, string? wanted)
    {
        if (wanted is not null || HostEnvironments.GpuDeviceId(environment) is not { } gpu)
            return wanted;
        int present = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (gpu >= 0 && gpu < present)
            return $"cuda:{gpu}";
        if (!HostEnvironments.FallbackToCpu(environment))
            throw new InvalidOperationException($"MLContext.GpuDeviceId is {gpu}, but there are {present} CUDA devices, and MLContext.FallbackToCpu is false.");
        using IChannel channel = environment.Register("Hdge").Start("Device");
        channel.Warning(MessageSensitivity.None, $"MLContext.GpuDeviceId is {gpu}, but there are {present} CUDA devices: the CPU stands in, as MLContext.FallbackToCpu allows.");
        return "cpu";
    }
}

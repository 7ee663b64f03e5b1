using System.Runtime.Intrinsics.X86;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>From the option to a precision, and why.</summary>
/// <param name="Precision"><see cref="Precision.Single"/> or <see cref="Precision.Mixed"/>.</param>
/// <param name="Reason">Why, as the end of a sentence; null where it was asked for.</param>
internal sealed record PrecisionChoice(Precision Precision, string? Reason)
{
    private const int FirstWithBfloat16 = 8; // compute capability of Ampere

    /// <exception cref="ArgumentException">Mixed precision was asked for, for a network whose layers do not take it.</exception>
    public static PrecisionChoice Of(Precision wanted, Backbone network, Device device, string option)
    {
        if (wanted == Precision.Mixed && !network.IsFlexible)
            throw new ArgumentException($"{option} is {wanted}, but the layers of {network.Options.GetType().Name} take 32-bit floating point alone: expected {Precision.Auto} or {Precision.Single}.");
        if (wanted != Precision.Auto)
            return new(wanted, null);
        if (!network.IsFlexible)
            return new(Precision.Single, "the network's layers take 32-bit floating point alone");
        if (network.Options.TakesFeatures)
            return new(Precision.Single, "layers of features are too small to gain");
        return device.type == DeviceType.CUDA ? OfGpu(device.index) : OfProcessor();
    }

    private static PrecisionChoice OfGpu(int index) => CudaDriver.ComputeCapability(Math.Max(0, index)) switch
    {
        null => new(Precision.Single, "the driver does not tell the GPU's compute capability"),
        >= FirstWithBfloat16 and var major => new(Precision.Mixed, $"the GPU has bfloat16, compute capability {major}"),
        var major => new(Precision.Single, $"the GPU has no bfloat16, compute capability {major}"),
    };

    private static PrecisionChoice OfProcessor()
    {
        foreach (string name in new[] { "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA" })
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } limit && !limit.Contains("BF16", StringComparison.OrdinalIgnoreCase) && !limit.Contains("AMX", StringComparison.OrdinalIgnoreCase)
                && !limit.Equals("ALL", StringComparison.OrdinalIgnoreCase) && !limit.Equals("DEFAULT", StringComparison.OrdinalIgnoreCase))
                return new(Precision.Single, $"{name} is {limit}");
        if (!X86Base.IsSupported || !Avx512F.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
            return new(Precision.Single, "the processor has no AVX512_BF16");
        if ((X86Base.CpuId(7, 0).Edx >> 22 & 1) != 0)
            return new(Precision.Mixed, "the processor has AMX_BF16");
        return X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax >> 5 & 1) != 0
            ? new(Precision.Mixed, "the processor has AVX512_BF16")
            : new(Precision.Single, "the processor has no AVX512_BF16");
    }
}

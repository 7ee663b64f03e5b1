using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Interop;

/// <summary>What ML.NET knows about the context a component belongs to but does not say in public.</summary>
internal static class HostEnvironments
{
    /// <summary>The environment of the context that a list of trainers belongs to. It is never the MLContext itself.</summary>
    public static IHostEnvironment Of(MulticlassClassificationCatalog.MulticlassClassificationTrainers trainers)
    {
        ArgumentNullException.ThrowIfNull(trainers);
        return Environment(Owner(trainers));
    }

    /// <summary>The environment of the context that multiclass operations belong to.</summary>
    public static IHostEnvironment Of(MulticlassClassificationCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Environment(catalog);
    }

    /// <summary>The environment of the context that transforms belong to.</summary>
    public static IHostEnvironment Of(TransformsCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return ((IInternalCatalog)catalog).Environment;
    }

    /// <summary>The seed given to the MLContext, or null.</summary>
    public static int? Seed(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.Seed;

    /// <summary>MLContext.GpuDeviceId, or null.</summary>
    public static int? GpuDeviceId(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>MLContext.FallbackToCpu: whether the CPU may stand in when the GPU that was asked for is not there.</summary>
    public static bool FallbackToCpu(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.FallbackToCpu ?? true;

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Owner")]
    private static extern TrainCatalogBase Owner(TrainCatalogBase.CatalogInstantiatorBase trainers);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Environment")]
    private static extern IHostEnvironment Environment(TrainCatalogBase catalog);
}

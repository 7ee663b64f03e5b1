using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hdge.MLNet.Interop;
using Microsoft.ML;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace Hdge.MLNet
{
    // PermutationFeatureImportance(ITransformer, …) looks in a chain for an interface that is internal to Microsoft.ML.Data. It is answered for when it
    // is asked for, and not in the class's list of interfaces: there an ML.NET without it would keep the class, and with it everything, from loading.
    public sealed partial class HdgeTransformer : IDynamicInterfaceCastable
    {
        bool IDynamicInterfaceCastable.IsInterfaceImplemented(RuntimeTypeHandle interfaceType, bool throwIfNotImplemented) =>
            Type.GetTypeFromHandle(interfaceType) is { FullName: "Microsoft.ML.ISingleFeaturePredictionTransformer" } type && type.Assembly == typeof(MLContext).Assembly;

        RuntimeTypeHandle IDynamicInterfaceCastable.GetInterfaceImplementation(RuntimeTypeHandle interfaceType) => typeof(IFeatureImportance).TypeHandle;
    }
}

namespace Hdge.MLNet.Interop
{
    /// <summary>ML.NET's internal interface as a transformer implements it.</summary>
    [DynamicInterfaceCastableImplementation]
#pragma warning disable CA2256 // what is inherited from ITransformer the class has itself
    internal interface IFeatureImportance : ISingleFeaturePredictionTransformer
#pragma warning restore CA2256
    {
        string ISingleFeaturePredictionTransformer.FeatureColumnName => ((HdgeTransformer)(object)this).FeatureColumnName;
    }
}

using System.Runtime.CompilerServices;
using Hdge.MLNet.Output;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Interop;

/// <summary>Makes transformers: the one with ML.NET's internal interface where this ML.NET has it.</summary>
internal static class TransformerFactory
{
    public static HdgeTransformer Create(HdgeModel model, string featureColumnName, VectorDataViewType featureColumnType, OutputColumnNames outputs, LabelValues? labels)
    {
        try
        {
            return Explainable(model, featureColumnName, featureColumnType, outputs, labels);
        }
        catch (TypeLoadException)
        {
            return new HdgeTransformer(model, featureColumnName, featureColumnType, outputs, labels);
        }
    }

    // Inlined, or named as the type it is, the exception would come before the try.
#pragma warning disable CA1859
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static HdgeTransformer Explainable(HdgeModel model, string featureColumnName, VectorDataViewType featureColumnType, OutputColumnNames outputs, LabelValues? labels) =>
        new ExplainableTransformer(model, featureColumnName, featureColumnType, outputs, labels);
#pragma warning restore CA1859
}

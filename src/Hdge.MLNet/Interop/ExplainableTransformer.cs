using System.Runtime.CompilerServices;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace Hdge.MLNet.Interop;

/// <summary>
/// The transformer as <c>PermutationFeatureImportance(ITransformer, …)</c> looks for it in a chain: it asks for an interface that is internal to
/// Microsoft.ML.Data. The interface stands on a class of its own, so that an ML.NET without it costs that one operation and nothing else.
/// </summary>
internal sealed class ExplainableTransformer : HdgeTransformer, ISingleFeaturePredictionTransformer
{
    private ExplainableTransformer(HdgeModel model, string featureColumnName, VectorDataViewType featureColumnType, OutputColumnNames outputs, LabelValues? labels)
        : base(model, featureColumnName, featureColumnType, outputs, labels)
    {
    }

    /// <summary>Makes transformers; a class apart, for this one may not load.</summary>
    internal static class Factory
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

        // Inlined, the exception would come before the try.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static ExplainableTransformer Explainable(HdgeModel model, string featureColumnName, VectorDataViewType featureColumnType, OutputColumnNames outputs, LabelValues? labels) =>
            new(model, featureColumnName, featureColumnType, outputs, labels);
    }
}

using System.Runtime.CompilerServices;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]

namespace Hdge.MLNet.Interop;

/// <summary>
/// The transformer as <c>PermutationFeatureImportance(ITransformer, …)</c> looks for it in a chain: it asks for an interface that is internal to
/// Microsoft.ML.Data. The interface stands on a class of its own, so that an ML.NET without it costs that one operation and nothing else.
/// </summary>
internal sealed class ExplainableTransformer(HdgeModel model, string featureColumnName, VectorDataViewType featureColumnType, OutputColumnNames outputs, LabelValues? labels)
    : HdgeTransformer(model, featureColumnName, featureColumnType, outputs, labels), ISingleFeaturePredictionTransformer;

using Hdge.Calibration;
using Hdge.MLNet.Calibrating;
using Hdge.MLNet.Output;
using Hdge.Metrics;
using Hdge.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Hdge.MLNet.Interop;

/// <summary>What <c>ml.Model.ConvertToOnnx</c> makes of HDGE's transformers.</summary>
internal static class OnnxConversion
{
    private const int Opset = OnnxOptions.OldestOpset; // the converter knows 9 to 12

    /// <summary>An image classifier: the graph that SaveOnnx writes.</summary>
    /// <exception cref="NotSupportedException">It has no graph or is an ensemble, or a step before it has none.</exception>
    public static void Save(HdgeTransformer transformer, IDataView source, DataViewSchema output, OnnxContext context)
    {
        context.CheckOpSetVersion(Opset, nameof(HdgeTransformer));
        string features = Variable(context, source, transformer.FeatureColumnName);
        var model = transformer.Exported;
        var sink = new OnnxContextSink(context);
        var graph = new OnnxGraph(sink, Opset, model.Network.state_dict());
        if (source.Schema[transformer.FeatureColumnName].Type is not VectorDataViewType type)
            throw new NotSupportedException($"ConvertToOnnx cannot export HDGE on the column '{transformer.FeatureColumnName}' of {source.Schema[transformer.FeatureColumnName].Type}: ONNX reads no pictures. Use HdgeTransformer.SaveOnnx with ScoreHdgeOnnx, or data with a vector column of the values.");
        var input = type.ItemType == NumberDataViewType.Byte ? OnnxInput.Byte : OnnxInput.Single;
        var (shape, value) = (model.InputShape, new OnnxValue(features));
        var values = shape.IsVector ? graph.Reshape(value, -1, shape.Length) : graph.Reshape(value, -1, shape.Channels, shape.Height, shape.Width);
        using var use = model.Use();
        var built = new OnnxModelGraph(graph, model).Build(values, input, new(model.Calibrator, model.Decision, model.PredictionSets));
        int at = source.Schema.Count;
        foreach (var column in transformer.Outputs.Present)
            sink.Output(column switch
            {
                OutputColumn.PredictedLabel => built.PredictedLabel,
                OutputColumn.Score => built.Score,
                OutputColumn.LogDensity => built.LogDensity,
                OutputColumn.Confidence => built.Confidence,
                OutputColumn.IsInDistribution => built.IsInDistribution,
                OutputColumn.DetectionScore => built.DetectionScore,
                OutputColumn.CalibratedScore => built.Calibrated,
                _ => built.Sets ?? graph.Node("Equal", [built.Score, built.Score]), // without held-out images every set holds every class
            }, output[at++]);
    }

    /// <summary>A calibrator of any trainer's scores.</summary>
    /// <exception cref="NotSupportedException">It has no graph, or a step before it has none.</exception>
    public static void Save(CalibratingBinding binding, IDataView source, OnnxContext context)
    {
        context.CheckOpSetVersion(Opset, nameof(MulticlassCalibratorTransformer));
        var (transformer, sink) = (binding.Transformer, new OnnxContextSink(context));
        var graph = new OnnxGraph(sink, Opset, new Dictionary<string, TorchSharp.torch.Tensor>());
        var scores = graph.Reshape(new OnnxValue(Variable(context, source, binding.Score.Name)), -1, transformer.Calibrator.ClassCount);
        string? predicted = binding.Predicted is { } column ? Variable(context, source, column.Name) : null;
        if (transformer.ScoreKind == ScoreKind.Probabilities) // as the calibrator takes them: rounded logarithms
            scores = graph.Cast<float>(graph.Log(graph.Node("Min", [graph.Constant(1.0), graph.Node("Max", [graph.Constant((double)ProbabilityMetrics.LowestProbability), graph.Cast<double>(scores)])])));
        var calibrated = OnnxCalibration.Export(graph, transformer.Calibrator, graph.Cast<double>(scores));
        sink.Output(calibrated, binding.OutputSchema[source.Schema.Count]);
        if (predicted is null)
            return;
        // Of equal probabilities the class that was predicted before stays.
        var best = graph.Node("ArgMax", [calibrated], ("axis", 1L), ("keepdims", 1L));
        var before = graph.Subtract(graph.Cast<long>(graph.Reshape(new OnnxValue(predicted), -1, 1)), graph.Constant(1L));
        var isMissing = graph.Node("Less", [before, graph.Constant(0L)]);
        var valid = graph.Where(isMissing, best, before);
        var stays = graph.Node("Equal", [graph.Node("GatherElements", [calibrated, valid], ("axis", 1L)), graph.RowMax(calibrated)]);
        sink.Output(graph.Cast<uint>(graph.Add(graph.Where(stays, valid, best), graph.Constant(1L))), binding.OutputSchema[source.Schema.Count + 1]);
    }

    /// <summary>The graph's name of a column, once every step that made it can be exported: the converter would leave out those that cannot, and take what they make for inputs.</summary>
    private static string Variable(OnnxContext context, IDataView source, string column)
    {
        for (IDataView view = source; view is IDataTransform step; view = step.Source)
            if (step is not ITransformCanSaveOnnx can || !can.CanSaveOnnx(context))
                throw new NotSupportedException($"ConvertToOnnx cannot export the step {NameOf(step)} that stands before HDGE: ML.NET has no graph for it, and the file would lack it. "
                    + "Export from the data behind it: ConvertToOnnx(model, data) with the transformer alone and data whose columns are already made, or HdgeTransformer.SaveOnnx.");
        return context.ContainsColumn(column)
            ? context.GetVariableName(column)
            : throw new NotSupportedException($"ConvertToOnnx has no column '{column}' in its graph, expected one: the data do not have it, or a step before HDGE was not exported.");
    }

    private static string NameOf(IDataTransform step)
    {
        Type type = step is RowToRowMapperTransform rows ? rows._mapper.GetType() : step.GetType();
        while (type.DeclaringType is { } outer)
            type = outer;
        return type.Name.Split('`')[0];
    }
}

using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Hdge.MLNet.Calibrating;

/// <summary>A calibrator on one input schema. It adds the probabilities and, where it replaces that too, the predicted class.</summary>
internal sealed class CalibratingBinding : ColumnBinding
{
    /// <exception cref="ArgumentException">A column is missing or has the wrong type or length.</exception>
    public CalibratingBinding(MulticlassCalibratorTransformer transformer, DataViewSchema input)
        : this(transformer, input, FindScore(transformer, input), FindPredicted(transformer, input))
    {
    }

    private CalibratingBinding(MulticlassCalibratorTransformer transformer, DataViewSchema input, DataViewSchema.Column score, DataViewSchema.Column? predicted)
        : base(input, Create(input, transformer.Columns.Output, score, predicted), predicted is { } label ? [score, label] : [score]) =>
        (Transformer, Score, Predicted) = (transformer, score, predicted);

    public MulticlassCalibratorTransformer Transformer { get; }

    public DataViewSchema.Column Score { get; }

    public DataViewSchema.Column? Predicted { get; }

    public override MappedRow Map(DataViewRow row, bool[] active) => new CalibratingRow(this, row, active);

    public override void SaveAsOnnx(IDataView source, OnnxContext context) => OnnxConversion.Save(this, source, context);

    private static DataViewSchema Create(DataViewSchema input, string output, DataViewSchema.Column score, DataViewSchema.Column? predicted)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(output, score.Type, score.Annotations);
        if (predicted is { } label)
            schema.AddColumn(label.Name, new KeyDataViewType(typeof(uint), (int)((KeyDataViewType)label.Type).Count), label.Annotations);
        return schema.ToSchema();
    }

    private static DataViewSchema.Column FindScore(MulticlassCalibratorTransformer transformer, DataViewSchema input) =>
        InputColumns.FindVector(input, transformer.Columns.Score, "score", NumberDataViewType.Single, transformer.Calibrator.ClassCount);

    private static DataViewSchema.Column? FindPredicted(MulticlassCalibratorTransformer transformer, DataViewSchema input) => transformer.Columns.PredictedLabel is { } name
        ? InputColumns.FindClasses(input, name, "predicted label", transformer.Calibrator.ClassCount)
        : null;
}

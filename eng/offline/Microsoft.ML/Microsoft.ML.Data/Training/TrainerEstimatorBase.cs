using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

public abstract class TrainerEstimatorBase<TTransformer, TModel> : ITrainerEstimator<TTransformer, TModel>
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    public readonly SchemaShape.Column FeatureColumn;

    public readonly SchemaShape.Column LabelColumn;

    public readonly SchemaShape.Column WeightColumn;

    private protected readonly IHost Host;

    private protected TrainerEstimatorBase(IHost host, SchemaShape.Column feature, SchemaShape.Column label, SchemaShape.Column weight = default)
    {
        Host = host;
        FeatureColumn = feature;
        LabelColumn = label;
        WeightColumn = weight;
    }

    public abstract TrainerInfo Info { get; }

    public TTransformer Fit(IDataView input)
    {
        CheckInput(SchemaShape.Create(Guard.NotNull(input, nameof(input)).Schema));
        return MakeTransformer(TrainModel(input), input.Schema);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        CheckInput(Guard.NotNull(inputSchema, nameof(inputSchema)));
        var shape = new ShapeEditor(inputSchema);
        foreach (var column in GetOutputColumns(shape.Input(LabelColumn.Name, "label")))
            shape.Set(column);
        return shape.ToShape();
    }

    private protected abstract SchemaShape.Column[] GetOutputColumns(SchemaShape.Column label);

    private protected abstract TModel TrainModel(IDataView data);

    private protected abstract TTransformer MakeTransformer(TModel model, DataViewSchema trainSchema);

    private void CheckInput(SchemaShape input)
    {
        Check(input, FeatureColumn, "feature", "inputSchema");
        if (WeightColumn.IsValid)
            Check(input, WeightColumn, "weight", "inputSchema");
        Check(input, LabelColumn, "label", "labelCol");
    }

    private static void Check(SchemaShape input, SchemaShape.Column expected, string role, string argument)
    {
        if (!input.TryFindColumn(expected.Name, out var found))
            throw Guard.MissingColumn(role, expected.Name);
        if (!expected.IsCompatibleWith(found))
            throw Guard.WrongColumnType(role, expected.Name, expected.GetTypeString(), found.GetTypeString(), argument);
    }
}

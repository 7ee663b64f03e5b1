using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

public sealed class MulticlassPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel>
    where TModel : class
{
    private readonly DataViewSchema _trainSchema;
    private readonly string _labelColumn;

    internal MulticlassPredictionTransformer(TModel model, DataViewSchema trainSchema, string featureColumn, string labelColumn)
        : base(model, trainSchema, featureColumn)
    {
        _trainSchema = trainSchema;
        _labelColumn = labelColumn;
    }

    private protected override void SaveCore(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(MulticlassPredictionTransformer.Version);
        ctx.SaveNonEmptyString(FeatureColumnName);
        ctx.SaveNonEmptyString(_labelColumn);
        ctx.SaveModel(Model, MulticlassPredictionTransformer.ModelDirectory);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns([_trainSchema[FeatureColumnName], _trainSchema[_labelColumn]]);
        ctx.SaveBinaryStream(MulticlassPredictionTransformer.SchemaStream, writer =>
        {
            writer.Flush();
            SchemaFile.Write(writer.BaseStream, builder.ToSchema(), null);
        });
    }

    private protected override RowMapper MakeMapper(DataViewSchema inputSchema)
    {
        var features = inputSchema[Columns.IndexOf(inputSchema, FeatureColumnName, "feature", "schema")];
        var scorer = (IMulticlassScorer)Model;
        Guard.State(features.Type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single && vector.Size == scorer.Features,
            $"The features are {features.Type}, the model was trained on {scorer.Features} values of Single.");
        return new MulticlassScoreMapper(inputSchema, scorer, features.Index, _trainSchema[_labelColumn]);
    }
}

internal static class MulticlassPredictionTransformer
{
    public const string LoaderSignature = "MulticlassPredXfer";
    public const string ModelDirectory = "Model";
    public const string SchemaStream = "TrainSchema";

    public static VersionInfo Version => new("MC  PRED", 0x00010001, 0x00010001, 0x00010001, typeof(MulticlassPredictionTransformer).Assembly.FullName, LoaderSignature);

    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var feature = ctx.LoadNonEmptyString();
        var label = ctx.LoadNonEmptyString();
        ctx.LoadModel<ICanSaveModel, SignatureLoadModel>(env, out var model, ModelDirectory);
        DataViewSchema schema = null;
        ctx.TryLoadBinaryStream(SchemaStream, reader => schema = SchemaFile.Read(reader.BaseStream));
        Guard.Format(model is IMulticlassScorer && schema != null, "Corrupt model file");
        return (ITransformer)GenericCall.Static(typeof(MulticlassPredictionTransformer), nameof(Make), model.GetType(), model, schema, feature, label);
    }

    private static MulticlassPredictionTransformer<TModel> Make<TModel>(TModel model, DataViewSchema schema, string feature, string label)
        where TModel : class
        => new(model, schema, feature, label);
}

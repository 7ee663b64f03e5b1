using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public abstract class PredictionTransformerBase<TModel> : IPredictionTransformer<TModel>, IDisposable
    where TModel : class
{
    private bool _disposed;

    private protected PredictionTransformerBase(TModel model) => Model = model;

    public TModel Model { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    public IDataView Transform(IDataView input) => new MappedDataView(MakeMapper(Guard.NotNull(input, nameof(input)).Schema), input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => MakeMapper(Guard.NotNull(inputSchema, nameof(inputSchema)));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        SaveCore(ctx);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        (Model as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void SaveCore(ModelSaveContext ctx);

    private protected abstract RowMapper MakeMapper(DataViewSchema inputSchema);
}

public abstract class SingleFeaturePredictionTransformerBase<TModel> : PredictionTransformerBase<TModel>, ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    private protected SingleFeaturePredictionTransformerBase(TModel model, DataViewSchema trainSchema, string featureColumn)
        : base(model)
    {
        FeatureColumnName = featureColumn;
        FeatureColumnType = trainSchema[featureColumn].Type;
    }

    public string FeatureColumnName { get; }

    public DataViewType FeatureColumnType { get; }

    public sealed override DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
        => MakeMapper(Guard.NotNull(inputSchema, nameof(inputSchema))).OutputSchema;
}

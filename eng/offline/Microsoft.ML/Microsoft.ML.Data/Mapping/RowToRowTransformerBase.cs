using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public abstract class RowToRowTransformerBase : ITransformer
{
    private protected readonly IHost Host;

    private protected RowToRowTransformerBase(IHost host) => Host = host;

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
        => MakeMapper(Guard.NotNull(inputSchema, nameof(inputSchema))).OutputSchema;

    public IDataView Transform(IDataView input)
        => new MappedDataView(MakeMapper(Guard.NotNull(input, nameof(input)).Schema), input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
        => MakeMapper(Guard.NotNull(inputSchema, nameof(inputSchema)));

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        SaveModel(ctx);
    }

    private protected abstract void SaveModel(ModelSaveContext ctx);

    private protected abstract RowMapper MakeMapper(DataViewSchema inputSchema);
}

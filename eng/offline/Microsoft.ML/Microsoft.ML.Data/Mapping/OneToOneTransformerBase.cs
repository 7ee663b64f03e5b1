using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    internal readonly (string Output, string Input)[] Pairs;

    private protected OneToOneTransformerBase(IHost host, params (string Output, string Input)[] pairs)
        : base(host)
        => Pairs = pairs;

    private protected void SavePairs(ModelSaveContext ctx)
    {
        ctx.Writer.Write(Pairs.Length);
        foreach (var (output, input) in Pairs)
        {
            ctx.SaveNonEmptyString(output);
            ctx.SaveNonEmptyString(input);
        }
    }

    private protected static (string Output, string Input)[] LoadPairs(ModelLoadContext ctx)
    {
        var pairs = new (string Output, string Input)[ctx.Reader.ReadInt32()];
        for (var i = 0; i < pairs.Length; i++)
            pairs[i] = (ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
        return pairs;
    }

    private protected sealed override RowMapper MakeMapper(DataViewSchema inputSchema)
        => new Mapper(inputSchema, Pairs.Select((p, i) => MakeColumn(inputSchema[Columns.IndexOf(inputSchema, p.Input)], p.Output, i)).ToArray());

    /// <summary>Checks the input column and says what comes of it.</summary>
    private protected abstract MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair);

    /// <summary>One output column, the input column that it comes from, and how to make its getter.</summary>
    private protected sealed record MappedColumn(DataViewSchema.DetachedColumn Column, int Input, Func<DataViewRow, Delegate> MakeGetter);

    private sealed class Mapper(DataViewSchema inputSchema, MappedColumn[] columns) : RowMapper(inputSchema)
    {
        public override DataViewSchema.DetachedColumn[] ComputedColumns { get; } = Array.ConvertAll(columns, c => c.Column);

        public override IEnumerable<int> InputsOf(int computed) => [columns[computed].Input];

        public override Delegate MakeGetter(DataViewRow input, int computed) => columns[computed].MakeGetter(input);
    }
}

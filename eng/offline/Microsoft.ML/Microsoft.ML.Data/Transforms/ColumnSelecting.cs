using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(IHostEnvironment env, ColumnSelection selection)
        : base(env.Register(nameof(ColumnSelectingEstimator)), new ColumnSelectingTransformer(env, selection))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        var selection = Transformer.Selection;
        selection.Check(inputSchema.Select(c => c.Name));
        return new SchemaShape(inputSchema.Where(c => selection.Names.Contains(c.Name) == selection.Keep));
    }
}

public sealed class ColumnSelectingTransformer : ITransformer
{
    internal const string LoaderSignature = "SelectColumnsTransform";

    internal ColumnSelectingTransformer(IHostEnvironment env, ColumnSelection selection)
    {
        Guard.NotNull(env, nameof(env));
        Guard.NotNull(selection.Names, "columnNames");
        Selection = selection;
    }

    internal ColumnSelection Selection { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => MakeMapper(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input) => new MappedDataView(MakeMapper(Guard.NotNull(input, nameof(input)).Schema), input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => MakeMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.CheckAtModel();
        ctx.SetVersionInfo(Version);
        ctx.Writer.Write(Selection.Keep);
        ctx.Writer.Write(Selection.KeepHidden);
        ctx.Writer.Write(Selection.Names.Length);
        foreach (var name in Selection.Names)
            ctx.SaveString(name);
    }

    private static VersionInfo Version => new("SELCOLST", 0x00010001, 0x00010001, 0x00010001, typeof(ColumnSelectingTransformer).Assembly.FullName, LoaderSignature);

    private static ColumnSelectingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var keep = ctx.Reader.ReadBoolean();
        var keepHidden = ctx.Reader.ReadBoolean();
        var names = new string[ctx.Reader.ReadInt32()];
        for (var i = 0; i < names.Length; i++)
            names[i] = ctx.LoadString();
        return new ColumnSelectingTransformer(env, new ColumnSelection(names, keep, keepHidden));
    }

    private Mapper MakeMapper(DataViewSchema inputSchema)
    {
        Guard.NotNull(inputSchema, nameof(inputSchema));
        Selection.Check(inputSchema.Select(c => c.Name));
        return new Mapper(inputSchema, Selection);
    }

    private sealed class Mapper(DataViewSchema input, ColumnSelection selection) : RowMapper(input)
    {
        public override DataViewSchema.DetachedColumn[] ComputedColumns => [];

        protected override IEnumerable<int> KeptColumns => selection.Choose(InputSchema);

        public override IEnumerable<int> InputsOf(int computed) => throw new NotSupportedException();

        public override Delegate MakeGetter(DataViewRow input, int computed) => throw new NotSupportedException();
    }
}

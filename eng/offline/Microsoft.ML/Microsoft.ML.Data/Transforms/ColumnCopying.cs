using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnCopyingEstimator : TrivialEstimator<ColumnCopyingTransformer>
{
    internal ColumnCopyingEstimator(IHostEnvironment env, string output, string input)
        : base(env.Register(nameof(ColumnCopyingEstimator)), new ColumnCopyingTransformer(env, (output, input)))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var (output, input) in Transformer.Pairs)
        {
            var c = shape.Input(input);
            shape.Set(new SchemaShape.Column(output, c.Kind, c.ItemType, c.IsKey, c.Annotations));
        }
        return shape.ToShape();
    }
}

public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "CopyTransform";

    internal ColumnCopyingTransformer(IHostEnvironment env, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(ColumnCopyingTransformer)), pairs)
    {
    }

    private static VersionInfo Version => new("COPYCOLT", 0x00010001, 0x00010001, 0x00010001, typeof(ColumnCopyingTransformer).Assembly.FullName, LoaderSignature);

    private static ColumnCopyingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new ColumnCopyingTransformer(env, LoadPairs(ctx));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
        => new(new DataViewSchema.DetachedColumn(output, input.Type, input.Annotations), input.Index, row => Columns.GetterOf(row, input.Index));
}

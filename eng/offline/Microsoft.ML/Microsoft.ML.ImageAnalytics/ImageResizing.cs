using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

public sealed class ImageResizingEstimator : TrivialEstimator<ImageResizingTransformer>
{
    internal ImageResizingEstimator(IHostEnvironment env, (string Output, string Input) pair, ResizeTarget target)
        : base(env.Register(nameof(ImageResizingEstimator)), new ImageResizingTransformer(env, pair, target))
    {
    }

    public enum ResizingKind : byte
    {
        IsoPad = 0,
        IsoCrop = 1,
        Fill = 2,
    }

    public enum Anchor : byte
    {
        Right = 0,
        Left = 1,
        Top = 2,
        Bottom = 3,
        Center = 4,
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        var (output, input) = Transformer.Pairs[0];
        ImageColumns.Check(shape.Input(input));
        shape.Set(new SchemaShape.Column(output, SchemaShape.Column.VectorKind.Scalar, Transformer.Target.Type, false));
        return shape.ToShape();
    }
}

public sealed class ImageResizingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageScalerTransform";

    internal ImageResizingTransformer(IHostEnvironment env, (string Output, string Input) pair, ResizeTarget target)
        : base(env.Register(nameof(ImageResizingTransformer)), pair)
        => Target = target;

    internal ResizeTarget Target { get; }

    private static VersionInfo Version => new("IMGSCALF", 0x00010001, 0x00010001, 0x00010001, typeof(ImageResizingTransformer).Assembly.FullName, LoaderSignature);

    private static ImageResizingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var pair = LoadPairs(ctx)[0];
        var width = ctx.Reader.ReadInt32();
        var height = ctx.Reader.ReadInt32();
        var kind = (ImageResizingEstimator.ResizingKind)ctx.Reader.ReadByte();
        return new ImageResizingTransformer(env, pair, new ResizeTarget(width, height, kind, (ImageResizingEstimator.Anchor)ctx.Reader.ReadByte()));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        ctx.Writer.Write(Target.Width);
        ctx.Writer.Write(Target.Height);
        ctx.Writer.Write((byte)Target.Kind);
        ctx.Writer.Write((byte)Target.Anchor);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        ImageColumns.Check(input);
        return new MappedColumn(new DataViewSchema.DetachedColumn(output, Target.Type), input.Index, row => MakeGetter(row, input.Index));
    }

    // As in ML.NET, an image of the right size is passed on itself and disposed with the next row: a caller's own images are used up.
    private ValueGetter<MLImage> MakeGetter(DataViewRow row, int column)
    {
        var get = row.GetGetter<MLImage>(row.Schema[column]);
        MLImage source = null;
        return (ref MLImage dst) =>
        {
            dst?.Dispose();
            get(ref source);
            if (source is null)
                return;
            if (source.Width == Target.Width && source.Height == Target.Height)
            {
                dst = source;
                return;
            }
            dst = Target.Apply(source);
            dst.Tag = source.Tag;
        };
    }
}

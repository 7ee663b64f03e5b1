using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

public sealed class ImagePixelExtractingEstimator : TrivialEstimator<ImagePixelExtractingTransformer>
{
    internal ImagePixelExtractingEstimator(IHostEnvironment env, (string Output, string Input) pair, PixelLayout layout)
        : base(env.Register(nameof(ImagePixelExtractingEstimator)), new ImagePixelExtractingTransformer(env, pair, layout))
    {
    }

    [Flags]
    public enum ColorBits : byte
    {
        Alpha = 0x01,
        Red = 0x02,
        Green = 0x04,
        Blue = 0x08,
        Rgb = Red | Green | Blue,
        All = Alpha | Red | Green | Blue,
    }

    public enum ColorsOrder : byte
    {
        ARGB = 1,
        ARBG = 2,
        ABRG = 3,
        ABGR = 4,
        AGRB = 5,
        AGBR = 6,
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        var (output, input) = Transformer.Pairs[0];
        ImageColumns.Check(shape.Input(input));
        shape.Set(new SchemaShape.Column(output, SchemaShape.Column.VectorKind.Vector, Transformer.Layout.ItemType, false));
        return shape.ToShape();
    }
}

public sealed class ImagePixelExtractingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImagePixelExtractor";

    internal ImagePixelExtractingTransformer(IHostEnvironment env, (string Output, string Input) pair, PixelLayout layout)
        : base(env.Register(nameof(ImagePixelExtractingTransformer)), pair)
        => Layout = layout;

    internal PixelLayout Layout { get; }

    private static VersionInfo Version => new("IMGPXEXT", 0x00010001, 0x00010001, 0x00010001, typeof(ImagePixelExtractingTransformer).Assembly.FullName, LoaderSignature);

    private static ImagePixelExtractingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var pair = LoadPairs(ctx)[0];
        return new ImagePixelExtractingTransformer(env, pair, PixelLayout.Load(ctx.Reader));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        Layout.Save(ctx.Writer);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        var image = ImageColumns.Check(input);
        if (image.Height <= 0 || image.Width <= 0)
            throw Guard.WrongColumnType("input", input.Name, "known-size image", "unknown-size image");
        return new MappedColumn(
            new DataViewSchema.DetachedColumn(output, Layout.TypeFor(image)),
            input.Index,
            row => Layout.AsFloat
                ? new PixelReader<float>(Layout, image, value => (value - Layout.Offset) * Layout.Scale).MakeGetter(row, input.Index)
                : new PixelReader<byte>(Layout, image, value => value).MakeGetter(row, input.Index));
    }
}

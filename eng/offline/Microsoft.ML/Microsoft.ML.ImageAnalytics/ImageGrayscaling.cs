using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

public sealed class ImageGrayscalingEstimator : TrivialEstimator<ImageGrayscalingTransformer>
{
    internal ImageGrayscalingEstimator(IHostEnvironment env, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(ImageGrayscalingEstimator)), new ImageGrayscalingTransformer(env, pairs))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var (output, input) in Transformer.Pairs)
        {
            var c = ImageColumns.Check(shape.Input(input));
            shape.Set(new SchemaShape.Column(output, c.Kind, c.ItemType, c.IsKey, c.Annotations));
        }
        return shape.ToShape();
    }
}

public sealed class ImageGrayscalingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageGrayscaleTransform";

    internal ImageGrayscalingTransformer(IHostEnvironment env, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(ImageGrayscalingTransformer)), pairs)
    {
    }

    private static VersionInfo Version => new("IMGGREYT", 0x00010001, 0x00010001, 0x00010001, typeof(ImageGrayscalingTransformer).Assembly.FullName, LoaderSignature);

    private static ImageGrayscalingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new ImageGrayscalingTransformer(env, LoadPairs(ctx));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        ImageColumns.Check(input);
        return new MappedColumn(new DataViewSchema.DetachedColumn(output, input.Type), input.Index, row => MakeGetter(row, input.Index));
    }

    private static ValueGetter<MLImage> MakeGetter(DataViewRow row, int column)
    {
        var get = row.GetGetter<MLImage>(row.Schema[column]);
        MLImage source = null;
        return (ref MLImage dst) =>
        {
            dst?.Dispose();
            get(ref source);
            if (source is null)
                return;
            dst = ToGrey(source);
            dst.Tag = source.Tag;
        };
    }

    private static MLImage ToGrey(MLImage image)
    {
        var pixels = image.Pixels.ToArray();
        var (red, blue) = image.PixelFormat == MLPixelFormat.Bgra32 ? (2, 0) : (0, 2);
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var grey = (byte)(0.3f * pixels[i + red] + 0.59f * pixels[i + 1] + 0.11f * pixels[i + blue] + 0.5f);
            pixels[i] = pixels[i + 1] = pixels[i + 2] = grey;
            pixels[i + 3] = 255;
        }
        return new MLImage(image.Width, image.Height, image.PixelFormat, pixels);
    }
}

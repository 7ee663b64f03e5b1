using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

public sealed class ImageLoadingEstimator : TrivialEstimator<ImageLoadingTransformer>
{
    internal ImageLoadingEstimator(IHostEnvironment env, string imageFolder, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(ImageLoadingEstimator)), new ImageLoadingTransformer(env, imageFolder, pairs))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var (output, input) in Transformer.Pairs)
        {
            var c = shape.Input(input);
            if (c.ItemType is not TextDataViewType || c.Kind != SchemaShape.Column.VectorKind.Scalar)
                throw Guard.WrongColumnType("input", input, "String", c.GetTypeString());
            shape.Set(new SchemaShape.Column(output, SchemaShape.Column.VectorKind.Scalar, new ImageDataViewType(), false));
        }
        return shape.ToShape();
    }
}

public sealed class ImageLoadingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ImageLoaderTransform";

    public readonly string ImageFolder;

    internal ImageLoadingTransformer(IHostEnvironment env, string imageFolder, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(ImageLoadingTransformer)), pairs)
    {
        if (string.IsNullOrEmpty(imageFolder))
            return;
        if (!Directory.Exists(imageFolder))
            throw new ArgumentException($"Directory \"{imageFolder}\" does not exist.");
        ImageFolder = Path.GetFullPath(imageFolder);
    }

    private static VersionInfo Version => new("IMGLOADR", 0x00010001, 0x00010001, 0x00010001, typeof(ImageLoadingTransformer).Assembly.FullName, LoaderSignature);

    private static ImageLoadingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var pairs = LoadPairs(ctx);
        return new ImageLoadingTransformer(env, ctx.LoadStringOrNull(), pairs);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        ctx.SaveStringOrNull(ImageFolder);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        if (input.Type is not TextDataViewType)
            throw Guard.WrongColumnType("input", input.Name, "String", input.Type.ToString());
        return new MappedColumn(new DataViewSchema.DetachedColumn(output, new ImageDataViewType()), input.Index, row => MakeGetter(row, input.Index));
    }

    private ValueGetter<MLImage> MakeGetter(DataViewRow row, int column)
    {
        var get = row.GetGetter<ReadOnlyMemory<char>>(row.Schema[column]);
        ReadOnlyMemory<char> name = default;
        return (ref MLImage dst) =>
        {
            dst?.Dispose();
            dst = null;
            get(ref name);
            if (name.IsEmpty)
                return;
            var path = Path.Combine(ImageFolder ?? "", name.ToString());
            using var file = File.OpenRead(path);
            dst = MLImage.CreateFromStream(file);
            dst.Tag = path;
        };
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Transforms;

public sealed class TypeConvertingEstimator : TrivialEstimator<TypeConvertingTransformer>
{
    internal TypeConvertingEstimator(IHostEnvironment env, DataKind kind, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(TypeConvertingEstimator)), new TypeConvertingTransformer(env, kind, pairs))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var (output, input) in Transformer.Pairs)
        {
            var c = shape.Input(input);
            // A key counts as its number here: what a key cannot become shows only when the data comes.
            var target = Transformer.TargetOf(c.ItemType, input);
            shape.Set(new SchemaShape.Column(output, c.Kind, ColumnTypeExtensions.PrimitiveTypeFromType(target.RawType), false, c.Annotations));
        }
        return shape.ToShape();
    }
}

public sealed class TypeConvertingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "ConvertTransform";

    private readonly DataKind _kind;

    internal TypeConvertingTransformer(IHostEnvironment env, DataKind kind, (string Output, string Input)[] pairs)
        : base(env.Register(nameof(TypeConvertingTransformer)), Guard.NotEmpty(pairs, "columns"))
    {
        Guard.Argument(Enum.IsDefined(kind), "outputKind", "There is no such data kind.");
        _kind = kind;
    }

    private static VersionInfo Version => new("CONVERTF", 0x00010001, 0x00010001, 0x00010001, typeof(TypeConvertingTransformer).Assembly.FullName, LoaderSignature);

    internal PrimitiveDataViewType TargetOf(DataViewType item, string column)
    {
        var target = ColumnTypeExtensions.PrimitiveTypeFromKind(_kind);
        var possible = Conversion(item.RawType, target.RawType) != null;
        if (item is KeyDataViewType key)
        {
            possible &= KeyDataViewType.IsValidDataType(target.RawType);
            if (possible)
                return new KeyDataViewType(target.RawType, key.Count);
        }
        Guard.Argument(possible, "inputSchema", $"source column '{column}' with item type '{item}' is not compatible with destination type '{target}'");
        return target;
    }

    private static TypeConvertingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var kind = (DataKind)ctx.Reader.ReadByte();
        return new TypeConvertingTransformer(env, kind, LoadPairs(ctx));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        ctx.Writer.Write((byte)_kind);
        SavePairs(ctx);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        var from = input.Type.GetItemType();
        var to = TargetOf(from, input.Name);
        var vector = input.Type as VectorDataViewType;
        DataViewType type = vector is null ? to : new VectorDataViewType(to, vector.Dimensions);

        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind =>
            kind == Kinds.SlotNames && type.IsKnownSizeVector()
            || kind == Kinds.KeyValues && from is KeyDataViewType && from.GetKeyCount() == to.GetKeyCount()
            || kind == Kinds.IsNormalized && from is NumberDataViewType && to is NumberDataViewType);
        if (input.Type is BooleanDataViewType && to is NumberDataViewType)
            annotations.AddPrimitiveValue(Kinds.IsNormalized, BooleanDataViewType.Instance, true);

        var method = vector is null ? nameof(Scalar) : nameof(Vector);
        return new MappedColumn(
            new DataViewSchema.DetachedColumn(output, type, annotations.ToAnnotations()),
            input.Index,
            row => (Delegate)GenericCall.Static(typeof(TypeConvertingTransformer), method, [from.RawType, to.RawType], row, input.Index));
    }

    private static object Conversion(Type from, Type to) => GenericCall.Static(typeof(TypeConvertingTransformer), nameof(Find), [from, to]);

    private static Func<TFrom, TTo> Find<TFrom, TTo>() => ValueConversions.Find<TFrom, TTo>();

    private static ValueGetter<TTo> Scalar<TFrom, TTo>(DataViewRow row, int column)
    {
        var get = row.GetGetter<TFrom>(row.Schema[column]);
        var convert = ValueConversions.Find<TFrom, TTo>();
        TFrom value = default;
        return (ref TTo dst) =>
        {
            get(ref value);
            dst = convert(value);
        };
    }

    private static ValueGetter<VBuffer<TTo>> Vector<TFrom, TTo>(DataViewRow row, int column)
    {
        var get = row.GetGetter<VBuffer<TFrom>>(row.Schema[column]);
        var convert = ValueConversions.Find<TFrom, TTo>();
        // Where the default does not become the default (empty text becomes NaN), a sparse vector must become dense.
        var keepsDefault = EqualityComparer<TTo>.Default.Equals(convert(default), default);
        VBuffer<TFrom> value = default;
        return (ref VBuffer<TTo> dst) =>
        {
            get(ref value);
            var from = value.GetValues();
            var dense = value.IsDense || !keepsDefault;
            var editor = VBufferEditor.Create(ref dst, value.Length, dense ? value.Length : from.Length);
            if (!value.IsDense && dense)
                editor.Values.Fill(convert(default));
            if (!dense)
                value.GetIndices().CopyTo(editor.Indices);
            for (var i = 0; i < from.Length; i++)
                editor.Values[dense && !value.IsDense ? value.GetIndices()[i] : i] = convert(from[i]);
            dst = editor.Commit();
        };
    }
}

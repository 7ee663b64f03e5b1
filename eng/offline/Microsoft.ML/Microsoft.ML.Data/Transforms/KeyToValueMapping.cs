using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Transforms;

public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(IHostEnvironment env, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(KeyToValueMappingEstimator)), new KeyToValueMappingTransformer(env, pairs))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        foreach (var (output, input) in Transformer.Pairs)
        {
            var c = shape.Input(input);
            if (!c.IsKey || !c.Annotations.TryFindColumn(Kinds.KeyValues, out var values))
                throw Guard.WrongColumnType("input", input, "key type with KeyValues", c.GetTypeString());
            var slots = c.Annotations.TryFindColumn(Kinds.SlotNames, out var names) ? new SchemaShape([names]) : null;
            shape.Set(new SchemaShape.Column(output, c.Kind, values.ItemType, values.IsKey, slots));
        }
        return shape.ToShape();
    }
}

public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToValueTransform";

    internal KeyToValueMappingTransformer(IHostEnvironment env, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(KeyToValueMappingTransformer)), Guard.NotEmpty(pairs, "columns"))
    {
    }

    private static VersionInfo Version => new("KEY2VALT", 0x00010001, 0x00010001, 0x00010001, typeof(KeyToValueMappingTransformer).Assembly.FullName, LoaderSignature);

    private static KeyToValueMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new KeyToValueMappingTransformer(env, LoadPairs(ctx));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        var valuesType = input.Annotations.Schema.GetColumnOrNull(Kinds.KeyValues)?.Type as VectorDataViewType;
        Guard.State(valuesType != null, "Metadata KeyValues does not exist");
        var keyType = input.Type.GetItemType();
        Guard.State((ulong)valuesType.Size == keyType.GetKeyCount(), "KeyValues metadata size does not match column type key count");

        var vector = input.Type as VectorDataViewType;
        DataViewType type = vector is null ? valuesType.ItemType : new VectorDataViewType(valuesType.ItemType, vector.Dimensions);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind => kind == Kinds.SlotNames);
        var method = vector is null ? nameof(Scalar) : nameof(Vector);
        return new MappedColumn(
            new DataViewSchema.DetachedColumn(output, type, annotations.ToAnnotations()),
            input.Index,
            row => (Delegate)GenericCall.Static(typeof(KeyToValueMappingTransformer), method, [keyType.RawType, valuesType.ItemType.RawType], row, input));
    }

    private static Func<TKey, TValue> Lookup<TKey, TValue>(DataViewSchema.Column input)
    {
        VBuffer<TValue> buffer = default;
        input.GetKeyValues(ref buffer);
        var values = buffer.DenseValues().ToArray();
        var missing = MissingValue.Of<TValue>();
        var number = ValueConversions.Find<TKey, ulong>();
        return key => number(key) is var k && k > 0 && k <= (ulong)values.Length ? values[k - 1] : missing;
    }

    private static ValueGetter<TValue> Scalar<TKey, TValue>(DataViewRow row, DataViewSchema.Column input)
    {
        var get = row.GetGetter<TKey>(row.Schema[input.Index]);
        var lookup = Lookup<TKey, TValue>(input);
        TKey key = default;
        return (ref TValue dst) =>
        {
            get(ref key);
            dst = lookup(key);
        };
    }

    private static ValueGetter<VBuffer<TValue>> Vector<TKey, TValue>(DataViewRow row, DataViewSchema.Column input)
    {
        var get = row.GetGetter<VBuffer<TKey>>(row.Schema[input.Index]);
        var lookup = Lookup<TKey, TValue>(input);
        VBuffer<TKey> keys = default;
        return (ref VBuffer<TValue> dst) =>
        {
            get(ref keys);
            var editor = VBufferEditor.Create(ref dst, keys.Length);
            foreach (var (slot, key) in keys.Items(all: true))
                editor.Values[slot] = lookup(key);
            dst = editor.Commit();
        };
    }
}

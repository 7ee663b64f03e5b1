using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;
using VectorKind = Microsoft.ML.SchemaShape.Column.VectorKind;

namespace Microsoft.ML.Transforms;

public sealed class KeyToVectorMappingEstimator : TrivialEstimator<KeyToVectorMappingTransformer>
{
    internal KeyToVectorMappingEstimator(IHostEnvironment env, bool countVector, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(KeyToVectorMappingEstimator)), new KeyToVectorMappingTransformer(env, countVector, pairs))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var shape = new ShapeEditor(inputSchema);
        var count = Transformer.CountVector;
        foreach (var (output, input) in Transformer.Pairs)
        {
            var c = shape.Input(input);
            var annotations = new List<SchemaShape.Column>();
            if (c.Annotations.TryFindColumn(Kinds.KeyValues, out var values) && values.ItemType is TextDataViewType
                && (count && c.IsKey || c.Kind != VectorKind.VariableVector))
                annotations.Add(new SchemaShape.Column(Kinds.SlotNames, VectorKind.Vector, values.ItemType, false));
            if (!count && c.Kind != VectorKind.VariableVector)
                annotations.Add(new SchemaShape.Column(Kinds.CategoricalSlotRanges, VectorKind.Vector, NumberDataViewType.Int32, false));
            if (!count || c.Kind == VectorKind.Scalar)
                annotations.Add(new SchemaShape.Column(Kinds.IsNormalized, VectorKind.Scalar, BooleanDataViewType.Instance, false));
            var kind = c.Kind == VectorKind.VariableVector && !count ? VectorKind.VariableVector : VectorKind.Vector;
            shape.Set(new SchemaShape.Column(output, kind, NumberDataViewType.Single, false, new SchemaShape(annotations)));
        }
        return shape.ToShape();
    }
}

public sealed class KeyToVectorMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToVectorTransform";

    internal KeyToVectorMappingTransformer(IHostEnvironment env, bool countVector, params (string Output, string Input)[] pairs)
        : base(env.Register(nameof(KeyToVectorMappingTransformer)), Guard.NotEmpty(pairs, "columns"))
        => CountVector = countVector;

    internal bool CountVector { get; }

    private static VersionInfo Version => new("KEY2VECT", 0x00010001, 0x00010001, 0x00010001, typeof(KeyToVectorMappingTransformer).Assembly.FullName, LoaderSignature);

    private static KeyToVectorMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var count = ctx.Reader.ReadBoolean();
        return new KeyToVectorMappingTransformer(env, count, LoadPairs(ctx));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        ctx.Writer.Write(CountVector);
        SavePairs(ctx);
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        if (input.Type.GetItemType() is not KeyDataViewType key)
            throw Guard.WrongColumnType("input", input.Name, "known-size key", input.Type.ToString());
        Guard.State(key.Count <= int.MaxValue, $"The key of column '{input.Name}' has too many values.");
        var keys = (int)key.Count;
        var slots = input.Type.GetValueCount();
        var type = CountVector || slots == 1
            ? new VectorDataViewType(NumberDataViewType.Single, keys)
            : new VectorDataViewType(NumberDataViewType.Single, slots, keys);
        var method = input.Type is not VectorDataViewType ? nameof(One) : CountVector ? nameof(Counts) : nameof(Indicators);
        return new MappedColumn(
            new DataViewSchema.DetachedColumn(output, type, KeyVectorAnnotations.Make(input, type, keys, CountVector)),
            input.Index,
            row => (Delegate)GenericCall.Static(typeof(KeyToVectorMappingTransformer), method, key.RawType, row, input.Index, keys));
    }

    private static ValueGetter<VBuffer<float>> One<T>(DataViewRow row, int column, int keys)
    {
        var get = row.GetGetter<T>(row.Schema[column]);
        var number = ValueConversions.Find<T, ulong>();
        T key = default;
        return (ref VBuffer<float> dst) =>
        {
            get(ref key);
            var k = number(key);
            var known = k > 0 && k <= (ulong)keys;
            var editor = VBufferEditor.Create(ref dst, keys, known ? 1 : 0);
            if (known)
            {
                editor.Values[0] = 1;
                if (keys > 1)
                    editor.Indices[0] = (int)k - 1;
            }
            dst = editor.Commit();
        };
    }

    private static ValueGetter<VBuffer<float>> Counts<T>(DataViewRow row, int column, int keys) => Spread<T>(row, column, keys, count: true);

    private static ValueGetter<VBuffer<float>> Indicators<T>(DataViewRow row, int column, int keys) => Spread<T>(row, column, keys, count: false);

    private static ValueGetter<VBuffer<float>> Spread<T>(DataViewRow row, int column, int keys, bool count)
    {
        var get = row.GetGetter<VBuffer<T>>(row.Schema[column]);
        var number = ValueConversions.Find<T, ulong>();
        VBuffer<T> values = default;
        return (ref VBuffer<float> dst) =>
        {
            get(ref values);
            var editor = VBufferEditor.Create(ref dst, count ? keys : checked(keys * values.Length));
            editor.Values.Clear();
            foreach (var (slot, key) in values.Items())
            {
                var k = number(key);
                if (k > 0 && k <= (ulong)keys)
                    editor.Values[(count ? 0 : slot * keys) + (int)k - 1]++;
            }
            dst = editor.Commit();
        };
    }
}

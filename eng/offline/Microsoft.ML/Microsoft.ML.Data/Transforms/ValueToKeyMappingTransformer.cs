using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;

namespace Microsoft.ML.Transforms;

public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "TermTransform";

    private readonly TermMap[] _maps;
    private readonly bool _valuesAsText;

    internal ValueToKeyMappingTransformer(IHostEnvironment env, (string Output, string Input)[] pairs, TermMap[] maps, bool valuesAsText)
        : base(env.Register("Term"), pairs)
    {
        _maps = maps;
        _valuesAsText = valuesAsText;
    }

    internal static void CheckType(DataViewSchema.Column column)
    {
        if (column.Type.GetItemType() is not PrimitiveDataViewType)
            throw Guard.WrongColumnType("input", column.Name, "standard type or a vector of standard type", column.Type.ToString());
    }

    private static VersionInfo Version => new("TERMTRNF", 0x00010001, 0x00010001, 0x00010001, typeof(ValueToKeyMappingTransformer).Assembly.FullName, LoaderSignature);

    private static ValueToKeyMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var pairs = LoadPairs(ctx);
        var asText = ctx.Reader.ReadBoolean();
        var maps = new TermMap[pairs.Length];
        var found = ctx.TryLoadBinaryStream("Terms", reader =>
        {
            for (var i = 0; i < maps.Length; i++)
                maps[i] = TermMap.Load(reader);
        });
        Guard.Format(found, "The model has no terms.");
        return new ValueToKeyMappingTransformer(env, pairs, maps, asText);
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        ctx.Writer.Write(_valuesAsText);
        ctx.SaveBinaryStream("Terms", writer =>
        {
            foreach (var map in _maps)
                map.Save(writer);
        });
    }

    private protected override MappedColumn MakeColumn(DataViewSchema.Column input, string output, int pair)
    {
        CheckType(input);
        var map = _maps[pair];
        Guard.State(input.Type.GetItemType().RawType == map.ItemType.RawType,
            $"The column '{input.Name}' is of type {input.Type}, but the values that were learned are of type {map.ItemType}.");
        DataViewType type = input.Type is VectorDataViewType vector ? new VectorDataViewType(map.KeyType, vector.Dimensions) : map.KeyType;

        var annotations = new DataViewSchema.Annotations.Builder();
        if (map.Count > 0)
        {
            var (item, getter) = KeyValuesOf(input, map);
            annotations.Add(Kinds.KeyValues, new VectorDataViewType(item, map.Count), getter);
        }
        annotations.Add(input.Annotations, kind => kind == Kinds.SlotNames);
        return new MappedColumn(
            new DataViewSchema.DetachedColumn(output, type, annotations.ToAnnotations()), input.Index, row => map.MakeGetter(row, input.Index));
    }

    private (PrimitiveDataViewType ItemType, Delegate Getter) KeyValuesOf(DataViewSchema.Column input, TermMap map)
    {
        var own = input.Annotations.Schema.GetColumnOrNull(Kinds.KeyValues);
        var keys = map.InputKeysOrNull();
        if (keys is null || own?.Type is not VectorDataViewType values || (ulong)values.Size != input.Type.GetItemType().GetKeyCount())
            return map.KeyValues(_valuesAsText);
        // A key of a key: what the values stand for, not their numbers.
        var picked = (Delegate)GenericCall.Static(typeof(ValueToKeyMappingTransformer), nameof(Pick), values.ItemType.RawType, input, keys);
        return (values.ItemType, picked);
    }

    private static ValueGetter<VBuffer<T>> Pick<T>(DataViewSchema.Column input, ulong[] keys)
    {
        VBuffer<T> values = default;
        input.GetKeyValues(ref values);
        return AnnotationGetter.OfArray(Array.ConvertAll(keys, k => values.GetItemOrDefault((int)k - 1)));
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms;

internal sealed record TermMapOptions(int MaximumNumberOfKeys, ValueToKeyMappingEstimator.KeyOrdinality Ordinality, bool ValuesAsText);

/// <summary>The values of a column, numbered from 1. A missing value has number 0, and so has one that was not seen.</summary>
internal abstract class TermMap
{
    public abstract PrimitiveDataViewType ItemType { get; }

    public abstract int Count { get; }

    // A key type has at least one value even when nothing was seen.
    public KeyDataViewType KeyType => new(typeof(uint), Math.Max(1, Count));

    public static TermMap Learn(IDataView data, DataViewSchema.Column column, TermMapOptions options)
    {
        var item = (PrimitiveDataViewType)column.Type.GetItemType();
        return (TermMap)GenericCall.Static(typeof(TermMap), nameof(LearnCore), item.RawType, data, column, item, options);
    }

    public static TermMap Load(BinaryReader reader)
    {
        var item = (PrimitiveDataViewType)BinaryTypes.Read(reader);
        return (TermMap)GenericCall.Static(typeof(TermMap), nameof(LoadCore), item.RawType, reader, item);
    }

    public abstract void Save(BinaryWriter writer);

    public abstract Delegate MakeGetter(DataViewRow row, int column);

    /// <summary>The values as a KeyValues annotation, as text where asked for.</summary>
    public abstract (PrimitiveDataViewType ItemType, Delegate Getter) KeyValues(bool asText);

    /// <summary>The places (from 1) of the values in the input's own key, in the order of the new key; null where the input is no key.</summary>
    public abstract ulong[] InputKeysOrNull();

    private static TermMap<T> LearnCore<T>(IDataView data, DataViewSchema.Column column, PrimitiveDataViewType item, TermMapOptions options)
    {
        using var cursor = data.GetRowCursor([column]);
        var terms = new TermCollector<T>(item, options.MaximumNumberOfKeys);
        if (column.Type is VectorDataViewType)
        {
            var get = cursor.GetGetter<VBuffer<T>>(column);
            VBuffer<T> values = default;
            while (cursor.MoveNext())
            {
                get(ref values);
                foreach (var value in values.DenseValues())
                    terms.Add(value);
            }
        }
        else
        {
            var get = cursor.GetGetter<T>(column);
            T value = default;
            while (cursor.MoveNext())
            {
                get(ref value);
                terms.Add(value);
            }
        }
        return new TermMap<T>(item, terms.ToArray(options.Ordinality));
    }

    private static TermMap<T> LoadCore<T>(BinaryReader reader, PrimitiveDataViewType item) => new(item, BinaryValues.ReadArray<T>(reader));
}

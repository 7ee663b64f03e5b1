using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms;

internal sealed class TermMap<T> : TermMap
{
    private readonly T[] _terms;
    private readonly Dictionary<T, uint> _numberOf;

    public TermMap(PrimitiveDataViewType item, T[] terms)
    {
        ItemType = item;
        _terms = terms;
        _numberOf = new Dictionary<T, uint>(terms.Length, TermCollector<T>.Comparer);
        foreach (var term in terms)
            Guard.Format(_numberOf.TryAdd(term, (uint)_numberOf.Count + 1), "A key has the same value twice.");
    }

    public override PrimitiveDataViewType ItemType { get; }

    public override int Count => _terms.Length;

    public override void Save(BinaryWriter writer)
    {
        BinaryTypes.Write(writer, ItemType);
        BinaryValues.WriteArray<T>(writer, _terms);
    }

    public override Delegate MakeGetter(DataViewRow row, int column)
        => row.Schema[column].Type is VectorDataViewType ? Vector(row, column) : Scalar(row, column);

    public override (PrimitiveDataViewType ItemType, Delegate Getter) KeyValues(bool asText)
    {
        if (!asText || typeof(T) == typeof(ReadOnlyMemory<char>))
            return (ItemType, AnnotationGetter.OfArray(_terms));
        return (TextDataViewType.Instance, AnnotationGetter.OfArray(Array.ConvertAll(_terms, t => ValueConversions.NameOf(t).AsMemory())));
    }

    public override ulong[] InputKeysOrNull()
    {
        if (ItemType is not KeyDataViewType)
            return null;
        var convert = ValueConversions.Find<T, ulong>();
        return Array.ConvertAll(_terms, t => convert(t));
    }

    private ValueGetter<uint> Scalar(DataViewRow row, int column)
    {
        var get = row.GetGetter<T>(row.Schema[column]);
        T value = default;
        return (ref uint dst) =>
        {
            get(ref value);
            dst = _numberOf.GetValueOrDefault(value);
        };
    }

    private ValueGetter<VBuffer<uint>> Vector(DataViewRow row, int column)
    {
        var get = row.GetGetter<VBuffer<T>>(row.Schema[column]);
        VBuffer<T> values = default;
        return (ref VBuffer<uint> dst) =>
        {
            get(ref values);
            var editor = VBufferEditor.Create(ref dst, values.Length);
            foreach (var (slot, value) in values.Items(all: true))
                editor.Values[slot] = _numberOf.GetValueOrDefault(value);
            dst = editor.Commit();
        };
    }
}

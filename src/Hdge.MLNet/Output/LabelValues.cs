using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Output;

/// <summary>What the keys of the label column stand for: one value a class, of whatever type the labels had before they were mapped.</summary>
internal abstract class LabelValues
{
    private const string KeyValues = "KeyValues";

    /// <summary>Type of one value.</summary>
    public abstract PrimitiveDataViewType ItemType { get; }

    /// <summary>One value a class, as text that does not depend on the culture.</summary>
    public abstract IEnumerable<string> Texts { get; }

    /// <summary>The key values of a label column, or null where it has none for every class (then there are none to hand on).</summary>
    public static LabelValues? Of(DataViewSchema.Column label, int classCount)
    {
        DataViewType? type = label.Annotations.Schema.GetColumnOrNull(KeyValues)?.Type;
        if (type is not VectorDataViewType { IsKnownSize: true } vector || vector.Size != classCount)
            return null;
        Type values = typeof(LabelValues<>).MakeGenericType(vector.ItemType.RawType);
        return (LabelValues)Activator.CreateInstance(values, BindingFlags.DoNotWrapExceptions, null, [label.Annotations, KeyValues, vector.ItemType], null)!;
    }

    /// <summary>Adds the values as an annotation of the given kind: a vector with one item a class.</summary>
    public abstract void AddTo(DataViewSchema.Annotations.Builder annotations, string kind);
}

/// <summary>Key values of one type.</summary>
internal sealed class LabelValues<T> : LabelValues
{
    private readonly T[] _values;

    public LabelValues(T[] values, PrimitiveDataViewType itemType) => (_values, ItemType) = (values, itemType);

    /// <summary>Reads the values from an annotation (called by reflection).</summary>
    public LabelValues(DataViewSchema.Annotations annotations, string kind, PrimitiveDataViewType itemType)
    {
        VBuffer<T> values = default;
        annotations.GetValue(kind, ref values);
        (_values, ItemType) = ([.. values.DenseValues()], itemType);
    }

    public override PrimitiveDataViewType ItemType { get; }

    public override IEnumerable<string> Texts => _values.Select(value =>
        value is IFormattable number ? number.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : $"{value}");

    /// <summary>The values, one a class.</summary>
    public IReadOnlyList<T> Items => _values;

    public override void AddTo(DataViewSchema.Annotations.Builder annotations, string kind) =>
        annotations.Add(kind, new VectorDataViewType(ItemType, _values.Length), (ref VBuffer<T> target) => DenseVector.CopyTo(_values, ref target));
}

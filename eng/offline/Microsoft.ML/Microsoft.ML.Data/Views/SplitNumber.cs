using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Adds a column of numbers in [0, 1) that decides on which side of a split a row falls: by the row's id, or by a sampling key's value.</summary>
internal sealed class SplitNumber(DataViewSchema input, string name, int seed, string keyColumn) : RowMapper(input)
{
    // What ML.NET takes when it was given no seed: so that a split is the same every time.
    private const int _defaultSeed = 42;

    public static IDataView AddTo(IDataView data, string keyColumn, int? seed, out string column)
    {
        column = "SplitColumn";
        for (var i = 0; data.Schema.GetColumnOrNull(column) != null; i++)
            column = $"temp_SplitColumn_{i:000}";
        if (keyColumn != null)
            Columns.IndexOf(data.Schema, keyColumn, "SamplingKeyColumn", "samplingKeyColumn");
        return new MappedDataView(new SplitNumber(data.Schema, column, seed ?? _defaultSeed, keyColumn), data);
    }

    public override DataViewSchema.DetachedColumn[] ComputedColumns { get; } = [new(name, NumberDataViewType.Single)];

    public override IEnumerable<int> InputsOf(int computed) => keyColumn is null ? [] : [InputSchema[keyColumn].Index];

    public override Delegate MakeGetter(DataViewRow input, int computed)
    {
        if (keyColumn != null)
            return (Delegate)GenericCall.Instance(this, typeof(SplitNumber), nameof(FromKey), InputSchema[keyColumn].Type.RawType, input);
        var getId = input.GetIdGetter();
        DataViewRowId id = default;
        return (ValueGetter<float>)((ref float dst) =>
        {
            getId(ref id);
            dst = Fraction(id);
        });
    }

    private ValueGetter<float> FromKey<T>(DataViewRow input)
    {
        var getter = input.GetGetter<T>(input.Schema[keyColumn]);
        T value = default;
        return (ref float dst) =>
        {
            getter(ref value);
            var text = value is VBuffer<ReadOnlyMemory<char>> texts ? string.Join('\n', texts.DenseValues()) : value.ToString();
            // FNV-1a: string.GetHashCode differs from run to run.
            var hash = text.Aggregate(14695981039346656037UL, (h, c) => (h ^ c) * 1099511628211UL);
            dst = Fraction(new DataViewRowId(hash, 0));
        };
    }

    private float Fraction(DataViewRowId id)
    {
        var mixed = id.Combine(new DataViewRowId((ulong)(uint)seed, 3)).Fork();
        return ((mixed.Low ^ mixed.High) >> 40) / (float)(1 << 24);
    }
}

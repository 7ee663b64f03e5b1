using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Accepts rows whose number lies in [min, max), or for a key, whose key's place among all keys, as a fraction, does.</summary>
internal sealed class RangeFilter(DataViewSchema.Column column, double min, double max, bool includeMax = false) : IRowFilter
{
    public IEnumerable<DataViewSchema.Column> Needed => [column];

    public Func<bool> Bind(DataViewRow row)
    {
        var read = NumberReader.Of(row, row.Schema[column.Index]);
        if (column.Type is KeyDataViewType key)
            return () => read() is var k && k != 0 && Inside((k - 0.5) / key.Count);
        return () => Inside(read());
    }

    // NaN is in no range.
    private bool Inside(double value) => value >= min && (value < max || includeMax && value == max);
}

/// <summary>Reads any number or key column as a double.</summary>
internal static class NumberReader
{
    public static Func<double> Of(DataViewRow row, DataViewSchema.Column column)
        => (Func<double>)GenericCall.Static(typeof(NumberReader), nameof(Make), column.Type.RawType, row, column);

    private static Func<double> Make<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        var convert = ValueConversions.Find<T, double>()
            ?? throw Guard.WrongColumnType("filter", column.Name, "number", column.Type.ToString(), "columnName");
        T value = default;
        return () =>
        {
            getter(ref value);
            return convert(value);
        };
    }
}

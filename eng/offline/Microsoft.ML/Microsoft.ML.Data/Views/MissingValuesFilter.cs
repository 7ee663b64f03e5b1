using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Accepts rows that have no missing value in any of the columns.</summary>
internal sealed class MissingValuesFilter(DataViewSchema.Column[] columns) : IRowFilter
{
    public IEnumerable<DataViewSchema.Column> Needed => columns;

    public Func<bool> Bind(DataViewRow row)
    {
        var tests = Array.ConvertAll(columns, c => (Func<bool>)GenericCall.Static(
            typeof(MissingValuesFilter), c.Type is VectorDataViewType ? nameof(Vector) : nameof(Scalar), c.Type.GetItemType().RawType, row, c));
        return () => Array.TrueForAll(tests, test => test());
    }

    private static Func<bool> Scalar<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        var missing = MissingValue.TestOf<T>(column.Type);
        T value = default;
        return () =>
        {
            getter(ref value);
            return !missing(value);
        };
    }

    private static Func<bool> Vector<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        var missing = MissingValue.TestOf<T>(column.Type.GetItemType());
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            foreach (var item in value.GetValues())
            {
                if (missing(item))
                    return false;
            }
            return true;
        };
    }
}

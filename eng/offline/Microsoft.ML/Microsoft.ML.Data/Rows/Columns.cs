using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Small helpers around active columns and getters that every row and cursor needs.</summary>
internal static class Columns
{
    public static bool[] Active(DataViewSchema schema, IEnumerable<DataViewSchema.Column> needed)
    {
        var active = new bool[schema.Count];
        foreach (var column in Guard.NotNull(needed, "columnsNeeded"))
            active[column.Index] = true;
        return active;
    }

    public static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column)
    {
        if (getter is null)
            throw Guard.BadArgument(nameof(column), $"The column '{column.Name}' was not asked for when this row or cursor was made.");
        return getter as ValueGetter<TValue> ?? throw WrongType<TValue>(column);
    }

    public static Exception WrongType<TValue>(DataViewSchema.Column column)
        => Guard.BadState($"Invalid TValue in GetGetter: column '{column.Name}' holds {column.Type.RawType}, asked for {typeof(TValue)}.");

    /// <summary>The getter of a column whose raw type is known only at run time.</summary>
    public static Delegate GetterOf(DataViewRow row, int index)
        => (Delegate)GenericCall.Static(typeof(Columns), nameof(GetterOfCore), row.Schema[index].Type.RawType, row, index);

    public static int IndexOf(DataViewSchema schema, string name, string role = "input", string argument = "inputSchema")
        => schema.GetColumnOrNull(name)?.Index ?? throw Guard.MissingColumn(role, name, argument);

    private static ValueGetter<T> GetterOfCore<T>(DataViewRow row, int index) => row.GetGetter<T>(row.Schema[index]);
}

using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;

namespace Hdge.MLNet.Scoring;

/// <summary>A row-wise transformer on one input schema: the output schema is the input's columns, then its own, which are made from the source columns.</summary>
internal abstract class ColumnBinding(DataViewSchema input, DataViewSchema output, params DataViewSchema.Column[] sources)
{
    public DataViewSchema InputSchema => input;

    public DataViewSchema OutputSchema => output;

    /// <summary>One flag an output-schema column: whether it was asked for.</summary>
    /// <exception cref="ArgumentException">A column is not of the output schema.</exception>
    public bool[] Activate(IEnumerable<DataViewSchema.Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var active = new bool[OutputSchema.Count];
        foreach (DataViewSchema.Column column in columns)
            active[IndexOf(column)] = true;
        return active;
    }

    /// <summary>Whether any column is active that the transformer makes.</summary>
    public bool NeedsScores(bool[] active) => active.AsSpan(InputSchema.Count).Contains(true);

    /// <summary>The input columns that the active columns are made from.</summary>
    public List<DataViewSchema.Column> Inputs(bool[] active)
    {
        bool scored = NeedsScores(active);
        return [.. InputSchema.Where(column => active[column.Index] || (scored && Array.Exists(sources, source => source.Index == column.Index)))];
    }

    /// <summary>Position of a column in the output schema.</summary>
    /// <exception cref="ArgumentException">The column is not of the output schema.</exception>
    public int IndexOf(DataViewSchema.Column column) =>
        column.Index < OutputSchema.Count && OutputSchema[column.Index].Name == column.Name
            ? column.Index
            : throw new ArgumentException($"The column '{column.Name}' is not of this schema.", nameof(column));

    /// <summary>Position of a column in the output schema, which must be active.</summary>
    /// <exception cref="InvalidOperationException">The column was not asked for.</exception>
    public int ActiveIndexOf(DataViewSchema.Column column, bool[] active)
    {
        int index = IndexOf(column);
        return active[index] ? index : throw new InvalidOperationException($"The column '{column.Name}' is not active: it was not asked for when this row was made.");
    }

    /// <summary>A getter as the type the caller asked for.</summary>
    /// <exception cref="InvalidOperationException">The column has another type.</exception>
    public static ValueGetter<T> Typed<T>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<T>
        ?? throw new InvalidOperationException($"The column '{column.Name}' has values of {column.Type.RawType}, not {typeof(T)}.");

    /// <summary>A cursor of the input with the columns that the active ones are made from.</summary>
    public virtual DataViewRowCursor Open(IDataView source, bool[] active, Random? random) => source.GetRowCursor(Inputs(active), random);

    /// <summary>One row with the new columns; disposes the input's row with itself.</summary>
    public abstract MappedRow Map(DataViewRow row, bool[] active);

    /// <summary>Writes what the transformer does into ML.NET's converter.</summary>
    /// <param name="source">The data view that it was given.</param>
    /// <param name="context">ML.NET's.</param>
    /// <exception cref="NotSupportedException">It cannot be exported.</exception>
    public abstract void SaveAsOnnx(IDataView source, OnnxContext context);

    /// <summary>A cursor with the new columns; disposes the input's cursor with itself.</summary>
    public virtual DataViewRowCursor MapCursor(DataViewRowCursor cursor, bool[] active) => new MappedCursor(cursor, Map(cursor, active));
}

using Hdge.MLNet.Output;
using Microsoft.ML;

namespace Hdge.MLNet.Scoring;

/// <summary>A transformer on one input schema: which output column comes from where.</summary>
internal sealed class Binding
{
    private readonly DataViewSchema.Column _features;

    /// <exception cref="ArgumentException">The input lacks the feature column, or the column has another type or length.</exception>
    public Binding(HdgeTransformer transformer, DataViewSchema input)
    {
        Transformer = transformer;
        _features = transformer.FindFeatures(input);
        InputSchema = input;
        OutputSchema = transformer.Outline(input);
    }

    public HdgeTransformer Transformer { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

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

    /// <summary>Whether any column is active that takes the network to fill.</summary>
    public bool NeedsScores(bool[] active) => active.AsSpan(InputSchema.Count).Contains(true);

    /// <summary>The input columns that the active columns are made from.</summary>
    public List<DataViewSchema.Column> Inputs(bool[] active)
    {
        bool scored = NeedsScores(active);
        return [.. InputSchema.Where(column => active[column.Index] || (scored && column.Index == _features.Index))];
    }

    /// <summary>The output column behind an index of the output schema, or null where the column is the input's.</summary>
    public OutputColumn? Output(int index) => index < InputSchema.Count ? null : (OutputColumn)(index - InputSchema.Count);

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
}

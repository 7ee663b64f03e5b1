namespace Microsoft.ML.Data;

/// <summary>
/// A mapping of rows for one input schema: the input's columns and some computed ones. A computed column that has the name of an input
/// column stands right behind it and hides it.
/// </summary>
internal abstract class RowMapper : IRowToRowMapper
{
    private DataViewSchema _outputSchema;
    private int[] _sources;

    protected RowMapper(DataViewSchema input) => InputSchema = input;

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema
    {
        get
        {
            Prepare();
            return _outputSchema;
        }
    }

    /// <summary>For each output column the input column it is, or the complement of the computed column's number.</summary>
    public int[] Sources
    {
        get
        {
            Prepare();
            return _sources;
        }
    }

    public abstract DataViewSchema.DetachedColumn[] ComputedColumns { get; }

    public abstract IEnumerable<int> InputsOf(int computed);

    public abstract Delegate MakeGetter(DataViewRow input, int computed);

    /// <summary>The getters of the wanted computed columns, null for the others; for mappers whose columns share work.</summary>
    public virtual Delegate[] MakeGetters(DataViewRow input, bool[] wanted)
        => wanted.Select((yes, i) => yes ? MakeGetter(input, i) : null).ToArray();

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new bool[InputSchema.Count];
        foreach (var column in dependingColumns)
        {
            var source = Sources[column.Index];
            if (source >= 0)
            {
                needed[source] = true;
                continue;
            }
            foreach (var input in InputsOf(~source))
                needed[input] = true;
        }
        return InputSchema.Where(c => needed[c.Index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        => new MappedRow(this, input, Columns.Active(OutputSchema, activeColumns));

    /// <summary>Which input columns stay, in which order; all by default.</summary>
    protected virtual IEnumerable<int> KeptColumns => Enumerable.Range(0, InputSchema.Count);

    private void Prepare()
    {
        if (_outputSchema != null)
            return;
        var computed = ComputedColumns;
        var sources = KeptColumns.ToList();
        string NameOf(int source) => source >= 0 ? InputSchema[source].Name : computed[~source].Name;
        for (var i = 0; i < computed.Length; i++)
        {
            var hidden = sources.FindLastIndex(s => NameOf(s) == computed[i].Name);
            sources.Insert(hidden >= 0 ? hidden + 1 : sources.Count, ~i);
        }
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(sources.Select(s => s >= 0 ? new DataViewSchema.DetachedColumn(InputSchema[s]) : computed[~s]));
        _sources = sources.ToArray();
        _outputSchema = builder.ToSchema();
    }
}

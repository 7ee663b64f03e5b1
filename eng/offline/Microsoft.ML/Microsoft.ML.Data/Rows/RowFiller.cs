using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>Which columns of a schema fill which members of a row class; and the filling.</summary>
internal sealed class RowFiller<TRow>
    where TRow : class
{
    private readonly List<(RowLayout.Binding Binding, int Column)> _bound = new();

    public RowFiller(DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition)
    {
        foreach (var binding in RowLayout.Create(typeof(TRow), definition, SchemaDefinition.Direction.Write).Bindings)
        {
            if (schema.GetColumnOrNull(binding.ColumnName) is not { } column)
            {
                if (!ignoreMissingColumns)
                    throw Guard.MissingColumn("", binding.ColumnName, "Schema");
                continue;
            }
            var member = binding.Member;
            var fits = member.IsVector == column.Type is VectorDataViewType && column.Type.GetItemType().RawType == member.ItemType;
            Guard.State(fits, $"Can't bind the IDataView column '{column.Name}' of type '{column.Type}' to field or property '{member.Name}' of type '{member.Type.FullName}'.");
            _bound.Add((binding, column.Index));
        }
    }

    public IEnumerable<DataViewSchema.Column> Needed(DataViewSchema schema) => _bound.Select(b => schema[b.Column]);

    public Action<TRow> Bind(DataViewRow input)
    {
        var setters = _bound.Select(b => Setter(input, b.Column, b.Binding.Member)).ToArray();
        return row =>
        {
            foreach (var set in setters)
                set(row);
        };
    }

    private Action<TRow> Setter(DataViewRow input, int column, RowMember member)
    {
        var write = member.Writer<TRow>();
        var getter = Columns.GetterOf(input, column);
        if (member.Type == typeof(string))
            return Text((ValueGetter<ReadOnlyMemory<char>>)getter, (Action<TRow, string>)write);
        if (member.Type == typeof(string[]))
            return Texts((ValueGetter<VBuffer<ReadOnlyMemory<char>>>)getter, (Action<TRow, string[]>)write);
        if (member.Type.IsArray)
            return Make(nameof(Array), member.ItemType, getter, write, member.Reader<TRow>());
        return member.IsVector ? Make(nameof(Vector), member.ItemType, getter, write) : Make(nameof(Value), member.Type, getter, write);
    }

    private static Action<TRow> Make(string method, Type type, params object[] arguments)
        => (Action<TRow>)GenericCall.Static(typeof(RowFiller<TRow>), method, type, arguments);

    private static Action<TRow> Text(ValueGetter<ReadOnlyMemory<char>> get, Action<TRow, string> set)
    {
        ReadOnlyMemory<char> value = default;
        return row =>
        {
            get(ref value);
            set(row, value.ToString());
        };
    }

    private static Action<TRow> Texts(ValueGetter<VBuffer<ReadOnlyMemory<char>>> get, Action<TRow, string[]> set)
    {
        VBuffer<ReadOnlyMemory<char>> value = default;
        return row =>
        {
            get(ref value);
            set(row, value.DenseValues().Select(v => v.ToString()).ToArray());
        };
    }

    private static Action<TRow> Value<T>(ValueGetter<T> get, Action<TRow, T> set)
    {
        T value = default;
        return row =>
        {
            get(ref value);
            set(row, value);
        };
    }

    private static Action<TRow> Vector<T>(ValueGetter<VBuffer<T>> get, Action<TRow, VBuffer<T>> set)
    {
        VBuffer<T> value = default;
        return row =>
        {
            get(ref value);
            VBuffer<T> copy = default;
            value.CopyTo(ref copy);
            set(row, copy);
        };
    }

    // An array of the right size that the row already has is used again, as in ML.NET: a caller that reuses its row saves the memory.
    private static Action<TRow> Array<T>(ValueGetter<VBuffer<T>> get, Action<TRow, T[]> set, Func<TRow, T[]> read)
    {
        VBuffer<T> value = default;
        return row =>
        {
            get(ref value);
            var array = read(row);
            if (array is null || array.Length != value.Length)
                array = new T[value.Length];
            value.CopyTo(array);
            set(row, array);
        };
    }
}

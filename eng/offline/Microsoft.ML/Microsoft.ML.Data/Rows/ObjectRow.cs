using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>A row over an object: the getters read its members.</summary>
internal sealed class ObjectRow<TRow> : DataViewRow
    where TRow : class
{
    private readonly Delegate[] _getters;
    private TRow _current;
    private long _position = -1;

    public ObjectRow(RowLayout layout, DataViewSchema schema, bool[] active)
    {
        Schema = schema;
        _getters = layout.Bindings.Select((b, i) => active[i] ? MakeGetter(b) : null).ToArray();
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    public void MoveTo(TRow row)
    {
        _current = row;
        _position++;
    }

    public void End()
    {
        _current = null;
        _position = -1;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _getters[column.Index] != null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Columns.Cast<TValue>(_getters[column.Index], column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
    {
        CheckRow();
        id = new DataViewRowId((ulong)_position, 0);
    };

    private Delegate MakeGetter(RowLayout.Binding binding)
    {
        var reader = binding.Member.Reader<TRow>();
        var type = binding.Member.Type;
        if (type == typeof(string))
            return MakeText((Func<TRow, string>)reader);
        if (type == typeof(string[]))
            return MakeTexts((Func<TRow, string[]>)reader);
        if (binding.Type is KeyDataViewType key)
            return MakeKey(reader, key);
        if (type.IsArray)
            return Make(nameof(MakeArray), type.GetElementType(), reader);
        return binding.Member.IsVector ? Make(nameof(MakeVector), binding.Member.ItemType, reader) : Make(nameof(MakeValue), type, reader);
    }

    private Delegate Make(string method, Type type, Delegate reader)
        => (Delegate)GenericCall.Instance(this, typeof(ObjectRow<TRow>), method, type, reader);

    private TRow CheckRow() => _current ?? throw Guard.BadState("Values can only be fetched while the cursor stands on a row: call MoveNext first.");

    private ValueGetter<ReadOnlyMemory<char>> MakeText(Func<TRow, string> read)
        => (ref ReadOnlyMemory<char> dst) => dst = read(CheckRow()).AsMemory();

    private ValueGetter<VBuffer<ReadOnlyMemory<char>>> MakeTexts(Func<TRow, string[]> read)
        => (ref VBuffer<ReadOnlyMemory<char>> dst) =>
        {
            var texts = read(CheckRow()) ?? [];
            var editor = VBufferEditor.Create(ref dst, texts.Length);
            for (var i = 0; i < texts.Length; i++)
                editor.Values[i] = texts[i].AsMemory();
            dst = editor.Commit();
        };

    private ValueGetter<T> MakeValue<T>(Func<TRow, T> read) => (ref T dst) => dst = read(CheckRow());

    private ValueGetter<VBuffer<T>> MakeVector<T>(Func<TRow, VBuffer<T>> read) => (ref VBuffer<T> dst) => read(CheckRow()).CopyTo(ref dst);

    private ValueGetter<VBuffer<T>> MakeArray<T>(Func<TRow, T[]> read)
        => (ref VBuffer<T> dst) =>
        {
            var values = read(CheckRow()) ?? [];
            VBuffer<T>.Copy(values, 0, ref dst, values.Length);
        };

    // A key member counts from 0; in the data view 0 means missing and values count from 1.
    private Delegate MakeKey(Delegate reader, KeyDataViewType type)
    {
        var count = type.Count;
        return reader switch
        {
            Func<TRow, uint> read => (ValueGetter<uint>)((ref uint dst) => dst = read(CheckRow()) is var v && v < count ? v + 1 : 0),
            Func<TRow, ulong> read => (ValueGetter<ulong>)((ref ulong dst) => dst = read(CheckRow()) is var v && v < count ? v + 1 : 0),
            Func<TRow, byte> read => (ValueGetter<byte>)((ref byte dst) => dst = read(CheckRow()) is var v && v < count ? (byte)(v + 1) : (byte)0),
            // ML.NET does not take these either.
            _ => throw Guard.BadState("A key member must be a byte, uint or ulong."),
        };
    }
}

using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

internal sealed class TextDataView(IMultiStreamSource source, TextLoader.Options options, TextColumn[] columns, DataViewSchema schema) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(Lines().GetEnumerator(), options, columns, schema, Columns.Active(schema, columnsNeeded));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private IEnumerable<string> Lines()
    {
        long rows = 0;
        for (var file = 0; file < source.Count; file++)
        {
            using var reader = source.OpenTextReader(file);
            var header = options.HasHeader;
            while (reader.ReadLine() is { } line)
            {
                // Empty lines and comments are not rows.
                if (line.Length == 0 || line.StartsWith("//", StringComparison.Ordinal))
                    continue;
                if (header)
                {
                    header = false;
                    continue;
                }
                if (rows++ >= (options.MaxRows ?? long.MaxValue))
                    yield break;
                yield return line;
            }
        }
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly IEnumerator<string> _lines;
        private readonly TextLoader.Options _options;
        private readonly DataViewSchema _schema;
        private readonly Delegate[] _getters;
        private string[] _fields;
        private long _position = -1;

        public Cursor(IEnumerator<string> lines, TextLoader.Options options, TextColumn[] columns, DataViewSchema schema, bool[] active)
        {
            _lines = lines;
            _options = options;
            _schema = schema;
            _getters = columns.Select((c, i) => active[i] ? MakeGetter(c) : null).ToArray();
        }

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => _schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _getters[column.Index] != null;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Columns.Cast<TValue>(_getters[column.Index], column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

        public override bool MoveNext()
        {
            if (!_lines.MoveNext())
            {
                _position = -1;
                _fields = null;
                return false;
            }
            _fields = TextFields.Split(_lines.Current, _options);
            _position++;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _lines.Dispose();
            base.Dispose(disposing);
        }

        private Delegate MakeGetter(TextColumn column)
            => (Delegate)GenericCall.Instance(
                this, typeof(Cursor), column.Type is VectorDataViewType ? nameof(Vector) : nameof(Scalar), column.Type.GetItemType().RawType, column);

        private Func<int, T> Parser<T>(TextColumn column)
        {
            var parse = ValueConversions.Find<ReadOnlyMemory<char>, T>();
            var isReal = typeof(T) == typeof(float) || typeof(T) == typeof(double);
            var emptyReal = _options.MissingRealsAsNaNs && isReal ? MissingValue.Of<T>() : default;
            var key = column.Type.GetItemType() as KeyDataViewType;
            var number = TextParser<ulong>.FindOrNull();
            var fromNumber = ValueConversions.Find<ulong, T>();
            return field =>
            {
                Guard.State(_fields != null, "Values can only be fetched while the cursor stands on a row: call MoveNext first.");
                // A line that is too short has empty fields at its end.
                var text = (field < _fields.Length ? _fields[field] : "").AsMemory();
                if (key != null)
                    return text.Span.Trim().IsEmpty || number(text) >= key.Count ? default : fromNumber(number(text) + 1);
                try
                {
                    return isReal && text.Span.Trim().IsEmpty ? emptyReal : parse(text);
                }
                catch (InvalidOperationException e)
                {
                    throw Guard.BadFormat($"Could not parse value {text} in row {_position + 1}, column {column.Name}", e);
                }
            };
        }

        private ValueGetter<T> Scalar<T>(TextColumn column)
        {
            var parse = Parser<T>(column);
            return (ref T dst) => dst = parse(column.Fields[0]);
        }

        private ValueGetter<VBuffer<T>> Vector<T>(TextColumn column)
        {
            var parse = Parser<T>(column);
            return (ref VBuffer<T> dst) =>
            {
                var editor = VBufferEditor.Create(ref dst, column.Fields.Length);
                for (var i = 0; i < column.Fields.Length; i++)
                    editor.Values[i] = parse(column.Fields[i]);
                dst = editor.Commit();
            };
        }
    }
}

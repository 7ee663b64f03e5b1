using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Hdge.MLNet.Scoring;

/// <summary>The rows read ahead of a cursor's position, so that the network gets many at once.</summary>
internal sealed class RowWindow
{
    /// <summary>Most rows to read ahead; larger batches score no faster.</summary>
    public const int MostRows = 256;

    // The first rows come soon, for whoever looks at a few only; every further window is twice as large.
    private const int FirstRows = 16;

    // Of large images fewer rows, so that a window's features stay below 16 MB.
    private const int MostPixels = 1 << 22;

    private readonly DataViewRowCursor _input;
    private readonly ColumnBuffer[] _columns;
    private readonly ValueGetter<DataViewRowId> _getId;
    private readonly long[] _batches;
    private readonly DataViewRowId[] _ids;
    private int _size;

    public RowWindow(DataViewRowCursor input, IEnumerable<ColumnBuffer> columns, int capacity)
    {
        _input = input;
        _columns = [.. columns];
        _getId = input.GetIdGetter();
        _batches = new long[capacity];
        _ids = new DataViewRowId[capacity];
        _size = Math.Min(FirstRows, capacity);
    }

    /// <summary>Rows in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Position of the window's first row.</summary>
    public long Start { get; private set; }

    /// <summary>Rows a window should hold at most for images of <paramref name="length"/> values, with these columns beside: no pile of open pictures, of which nobody knows how large they are.</summary>
    public static int Capacity(int length, IEnumerable<DataViewSchema.Column> columns) => columns.Select(column => column.Type).OfType<ImageDataViewType>()
        .Aggregate(Math.Clamp(MostPixels / length, 1, MostRows), (most, type) => type.Height == 0 ? 1 : (int)Math.Clamp(MostPixels / (4L * type.Height * type.Width), 1, most));

    /// <summary>Batch number of the row in a slot.</summary>
    public long Batch(int slot) => _batches[slot];

    /// <summary>Identity of the row in a slot.</summary>
    public DataViewRowId Id(int slot) => _ids[slot];

    /// <summary>Reads the next rows in place of the present ones; false at the end of the input.</summary>
    public bool Refill()
    {
        Start += Count;
        Count = 0;
        while (Count < _size && _input.MoveNext())
        {
            foreach (ColumnBuffer column in _columns)
                column.Fill(Count);
            _batches[Count] = _input.Batch;
            _getId(ref _ids[Count]);
            Count++;
        }

        _size = Math.Min(_size * 2, _batches.Length);
        return Count > 0;
    }
}

using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms;

/// <summary>Smallest and largest value of every slot of a column; NaN and infinity do not count.</summary>
internal sealed class SlotRanges
{
    private readonly double[] _min;
    private readonly double[] _max;
    private SlotReader _reader;

    public SlotRanges(DataViewSchema.Column column)
    {
        var item = column.Type.GetItemType();
        if (item != NumberDataViewType.Single && item != NumberDataViewType.Double || column.Type.GetValueCount() == 0)
            throw Guard.WrongColumnType("input", column.Name, "known-size vector or scalar of Single or Double", column.Type.ToString());
        Column = column;
        _min = Enumerable.Repeat(double.PositiveInfinity, column.Type.GetValueCount()).ToArray();
        _max = Enumerable.Repeat(double.NegativeInfinity, _min.Length).ToArray();
    }

    public DataViewSchema.Column Column { get; }

    public void Bind(DataViewRow row) => _reader = new SlotReader(row, Column);

    public void Look()
    {
        var values = _reader.Read();
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                continue;
            _min[i] = Math.Min(_min[i], values[i]);
            _max[i] = Math.Max(_max[i], values[i]);
        }
    }

    /// <summary>A slot that never changes tells nothing: its scale is 0.</summary>
    public (double Scale, double Offset)[] ToScales(bool fixZero)
        => _min.Zip(_max, (min, max) =>
            !(max > min) ? (0, 0)
            : fixZero ? (1 / Math.Max(Math.Abs(max), Math.Abs(min)), 0)
            : (1 / (max - min), min)).ToArray();
}

/// <summary>Reads a real scalar or vector as doubles.</summary>
internal sealed class SlotReader
{
    private readonly Func<double[]> _read;

    public SlotReader(DataViewRow row, DataViewSchema.Column column)
        => _read = (Func<double[]>)GenericCall.Static(
            typeof(SlotReader), column.Type is VectorDataViewType ? nameof(Vector) : nameof(Scalar), column.Type.GetItemType().RawType, row, column.Index);

    public double[] Read() => _read();

    private static Func<double[]> Scalar<T>(DataViewRow row, int column)
    {
        var get = row.GetGetter<T>(row.Schema[column]);
        var convert = ValueConversions.Find<T, double>();
        var slots = new double[1];
        T value = default;
        return () =>
        {
            get(ref value);
            slots[0] = convert(value);
            return slots;
        };
    }

    private static Func<double[]> Vector<T>(DataViewRow row, int column)
    {
        var get = row.GetGetter<VBuffer<T>>(row.Schema[column]);
        var convert = ValueConversions.Find<T, double>();
        var slots = Array.Empty<double>();
        VBuffer<T> values = default;
        return () =>
        {
            get(ref values);
            if (slots.Length != values.Length)
                slots = new double[values.Length];
            foreach (var (slot, value) in values.Items(all: true))
                slots[slot] = convert(value);
            return slots;
        };
    }
}

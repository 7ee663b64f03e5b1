namespace Microsoft.ML.Data;

public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    public readonly ulong Low;

    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high)
    {
        Low = low;
        High = high;
    }

    public override string ToString() => $"{High:x16}{Low:x16}";

    public int CompareTo(DataViewRowId other)
        => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Low, High);

    public DataViewRowId Fork() => Combine(new DataViewRowId(0x9E3779B97F4A7C15, 1));

    public DataViewRowId Next() => Combine(new DataViewRowId(0xD1B54A32D192ED03, 2));

    public DataViewRowId Combine(DataViewRowId other)
        => new(Mix(Low ^ Mix(other.Low + 0x2545F4914F6CDD1D)), Mix(High ^ Mix(other.High + other.Low)) + Low);

    // The splitmix64 finalizer: every input bit moves every output bit.
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}

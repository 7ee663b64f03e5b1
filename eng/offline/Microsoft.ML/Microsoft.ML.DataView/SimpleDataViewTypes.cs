namespace Microsoft.ML.Data;

// Each of these has one instance, so being equal is being the same object.

public sealed class TextDataViewType : PrimitiveDataViewType
{
    public static TextDataViewType Instance { get; } = new();

    private TextDataViewType()
        : base(typeof(ReadOnlyMemory<char>))
    {
    }

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "String";
}

public sealed class BooleanDataViewType : PrimitiveDataViewType
{
    public static BooleanDataViewType Instance { get; } = new();

    private BooleanDataViewType()
        : base(typeof(bool))
    {
    }

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "Boolean";
}

public sealed class RowIdDataViewType : PrimitiveDataViewType
{
    public static RowIdDataViewType Instance { get; } = new();

    private RowIdDataViewType()
        : base(typeof(DataViewRowId))
    {
    }

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "DataViewRowId";
}

public sealed class DateTimeDataViewType : PrimitiveDataViewType
{
    public static DateTimeDataViewType Instance { get; } = new();

    private DateTimeDataViewType()
        : base(typeof(DateTime))
    {
    }

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "DateTime";
}

public sealed class DateTimeOffsetDataViewType : PrimitiveDataViewType
{
    public static DateTimeOffsetDataViewType Instance { get; } = new();

    private DateTimeOffsetDataViewType()
        : base(typeof(DateTimeOffset))
    {
    }

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "DateTimeOffset";
}

public sealed class TimeSpanDataViewType : PrimitiveDataViewType
{
    public static TimeSpanDataViewType Instance { get; } = new();

    private TimeSpanDataViewType()
        : base(typeof(TimeSpan))
    {
    }

    public override bool Equals(DataViewType other) => other == this;

    public override string ToString() => "TimeSpan";
}

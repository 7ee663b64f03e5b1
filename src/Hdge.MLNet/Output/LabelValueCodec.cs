using System.Globalization;
using System.Numerics;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Output;

/// <summary>Key values as text and back, exactly, for saving. One codec a type that ML.NET can map to keys.</summary>
internal abstract class LabelValueCodec(string name)
{
    private static readonly LabelValueCodec[] All =
    [
        new Of<ReadOnlyMemory<char>>("Text", TextDataViewType.Instance, text => text.ToString(), text => text.AsMemory()),
        new Of<bool>("Boolean", BooleanDataViewType.Instance, value => value.ToString(), bool.Parse),
        Number<sbyte>("SByte", NumberDataViewType.SByte),
        Number<byte>("Byte", NumberDataViewType.Byte),
        Number<short>("Int16", NumberDataViewType.Int16),
        Number<ushort>("UInt16", NumberDataViewType.UInt16),
        Number<int>("Int32", NumberDataViewType.Int32),
        Number<uint>("UInt32", NumberDataViewType.UInt32),
        Number<long>("Int64", NumberDataViewType.Int64),
        Number<ulong>("UInt64", NumberDataViewType.UInt64),
        Number<float>("Single", NumberDataViewType.Single),
        Number<double>("Double", NumberDataViewType.Double),
        new Of<DateTime>("DateTime", DateTimeDataViewType.Instance, Iso, text => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)),
        new Of<DateTimeOffset>("DateTimeOffset", DateTimeOffsetDataViewType.Instance, Iso, text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)),
        new Of<TimeSpan>("TimeSpan", TimeSpanDataViewType.Instance, span => span.ToString("c", CultureInfo.InvariantCulture), text => TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture)),
    ];

    /// <summary>Name of the type in the file.</summary>
    public string Name => name;

    /// <summary>The codec of some values.</summary>
    /// <exception cref="NotSupportedException">Values of this type cannot be saved.</exception>
    public static LabelValueCodec For(LabelValues values) => Array.Find(All, codec => codec.Fits(values))
        ?? throw new NotSupportedException($"The label's key values have the type {values.ItemType}, which cannot be saved: expected text, numbers, booleans, dates or time spans.");

    /// <summary>The codec with a name from a file.</summary>
    /// <exception cref="InvalidDataException">There is no such codec.</exception>
    public static LabelValueCodec For(string name) => Array.Find(All, codec => codec.Name == name)
        ?? throw new InvalidDataException($"The model's label values have the unknown type '{name}'.");

    public abstract string[] Write(LabelValues values);

    /// <summary>Reads values back.</summary>
    /// <exception cref="InvalidDataException">A text is not of this type.</exception>
    public abstract LabelValues Read(string[] texts);

    protected abstract bool Fits(LabelValues values);

    private static Of<T> Number<T>(string name, PrimitiveDataViewType type)
        where T : INumber<T> =>
        new(name, type, value => value.ToString(null, CultureInfo.InvariantCulture), text => T.Parse(text, CultureInfo.InvariantCulture));

    private static string Iso<T>(T value)
        where T : IFormattable => value.ToString("O", CultureInfo.InvariantCulture);

    private sealed class Of<T>(string name, PrimitiveDataViewType type, Func<T, string> write, Func<string, T> read) : LabelValueCodec(name)
    {
        public override string[] Write(LabelValues values) => [.. ((LabelValues<T>)values).Items.Select(write)];

        public override LabelValues Read(string[] texts)
        {
            if (Array.IndexOf(texts, null) is >= 0 and var missing)
                throw new InvalidDataException($"The model's label value {missing} is null, expected text.");
            try
            {
                return new LabelValues<T>([.. texts.Select(read)], type);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw new InvalidDataException($"The model's label values are not all of the type {Name}.", e);
            }
        }

        protected override bool Fits(LabelValues values) => values.ItemType == type;
    }
}

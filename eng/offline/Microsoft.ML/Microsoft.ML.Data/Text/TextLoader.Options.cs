using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public sealed partial class TextLoader
{
    public sealed class Column
    {
        public Column()
        {
        }

        public Column(string name, DataKind dataKind, int index)
            : this(name, dataKind, [new Range(index)])
        {
        }

        public Column(string name, DataKind dataKind, int minIndex, int maxIndex)
            : this(name, dataKind, [new Range(minIndex, maxIndex)])
        {
        }

        public Column(string name, DataKind dataKind, Range[] source, KeyCount keyCount = null)
        {
            Name = Guard.NotNull(name, nameof(name));
            Source = Guard.NotNull(source, nameof(source));
            DataKind = dataKind;
            KeyCount = keyCount;
        }

        public string Name;

        public DataKind DataKind { get; set; } = DataKind.Single;

        public Range[] Source;

        public KeyCount KeyCount;
    }

    public sealed class Range
    {
        public Range()
        {
        }

        public Range(int index)
            : this(index, index)
        {
        }

        public Range(int min, int? max)
        {
            Guard.Argument(min >= 0, nameof(min), "Must be non-negative");
            Guard.Argument(max is null || max >= min, nameof(max), "If specified, must be greater than or equal to min");
            Min = min;
            Max = max;
            // A range without an end goes to the end of the line.
            AutoEnd = max is null;
        }

        public int Min;

        public int? Max;

        public bool AutoEnd;

        public bool VariableEnd;

        public bool AllOther;

        public bool ForceVector;
    }

    public class Options
    {
        public bool AllowQuoting;

        public bool AllowSparse;

        public int? InputSize;

        public char[] Separators = ['\t'];

        public char DecimalMarker = '.';

        public Column[] Columns;

        public bool TrimWhitespace;

        public bool HasHeader;

        public bool UseThreads = true;

        public bool ReadMultilines;

        public string HeaderFile;

        public long? MaxRows;

        public char EscapeChar = '"';

        public bool MissingRealsAsNaNs;
    }
}

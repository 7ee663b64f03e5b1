using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public sealed class DataOperationsCatalog : IInternalCatalog
{
    private readonly IHostEnvironment _env;

    internal DataOperationsCatalog(IHostEnvironment env) => _env = env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    public struct TrainTestData
    {
        public readonly IDataView TrainSet;

        public readonly IDataView TestSet;

        internal TrainTestData(IDataView trainSet, IDataView testSet)
        {
            TrainSet = trainSet;
            TestSet = testSet;
        }
    }

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, SchemaDefinition schemaDefinition = null)
        where TRow : class
        => new ObjectDataView<TRow>(Guard.NotNull(data, nameof(data)), RowLayout.Create(typeof(TRow), schemaDefinition, SchemaDefinition.Direction.Read));

    public IDataView LoadFromEnumerable<TRow>(IEnumerable<TRow> data, DataViewSchema schema)
        where TRow : class
        => new ObjectDataView<TRow>(Guard.NotNull(data, nameof(data)), RowLayout.Create(typeof(TRow), Guard.NotNull(schema, nameof(schema))));

    public IEnumerable<TRow> CreateEnumerable<TRow>(IDataView data, bool reuseRowObject, bool ignoreMissingColumns = false, SchemaDefinition schemaDefinition = null)
        where TRow : class, new()
    {
        Guard.NotNull(data, nameof(data));
        return Enumerate(data, new RowFiller<TRow>(data.Schema, ignoreMissingColumns, schemaDefinition), reuseRowObject);
    }

    public IDataView Cache(IDataView input, params string[] columnsToPrefetch) => new CacheDataView(Guard.NotNull(input, nameof(input)), columnsToPrefetch);

    public IDataView FilterRowsByColumn(IDataView input, string columnName, double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        Guard.NotNull(input, nameof(input));
        Guard.NotEmpty(columnName, nameof(columnName));
        Guard.Argument(lowerBound < upperBound, nameof(upperBound), "The upper bound must be above the lower one.");
        var column = input.Schema[columnName];
        if (column.Type is not NumberDataViewType)
            throw Guard.WrongColumnType("filter", columnName, "number", column.Type.ToString(), nameof(columnName));
        return new FilterDataView(input, new RangeFilter(column, lowerBound, upperBound));
    }

    public IDataView FilterRowsByKeyColumnFraction(IDataView input, string columnName, double lowerBound = 0, double upperBound = 1)
    {
        Guard.NotNull(input, nameof(input));
        Guard.NotEmpty(columnName, nameof(columnName));
        Guard.Argument(lowerBound is >= 0 and <= 1, nameof(lowerBound), "Must be in [0, 1]");
        Guard.Argument(upperBound is >= 0 and <= 1 && lowerBound <= upperBound, nameof(upperBound), "Must be in [0, 1] and no less than the lower bound");
        var column = input.Schema[columnName];
        if (column.Type is not KeyDataViewType)
            throw Guard.WrongColumnType("filter", columnName, "KeyType", column.Type.ToString(), nameof(columnName));
        return new FilterDataView(input, new RangeFilter(column, lowerBound, upperBound, includeMax: upperBound == 1));
    }

    public IDataView FilterRowsByMissingValues(IDataView input, params string[] columns)
    {
        Guard.NotNull(input, nameof(input));
        var indices = Array.ConvertAll(Guard.NotEmpty(columns, nameof(columns)), name => Columns.IndexOf(input.Schema, name, "source", "Columns"));
        var chosen = Array.ConvertAll(indices, i => input.Schema[i]);
        foreach (var column in chosen)
        {
            var item = column.Type.GetItemType();
            Guard.Argument(item is KeyDataViewType || item == NumberDataViewType.Single || item == NumberDataViewType.Double, "Columns",
                $"Column '{column.Name}' has type {column.Type}, which has no missing values.");
        }
        return new FilterDataView(input, new MissingValuesFilter(chosen));
    }

    public IDataView ShuffleRows(IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        Guard.NotNull(input, nameof(input));
        Guard.Argument(shufflePoolSize > 0, nameof(shufflePoolSize), "Must be positive");
        return new ShuffleDataView(input, shufflePoolSize, shuffleSource, seed, _env.Register("RowShuffling").Rand);
    }

    public IDataView SkipRows(IDataView input, long count)
    {
        Guard.NotNull(input, nameof(input));
        Guard.Argument(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeDataView(input, count, long.MaxValue);
    }

    public IDataView TakeRows(IDataView input, long count)
    {
        Guard.NotNull(input, nameof(input));
        Guard.Argument(count > 0, nameof(count), "Must be greater than zero.");
        return new SkipTakeDataView(input, 0, count);
    }

    public TrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string samplingKeyColumnName = null, int? seed = null)
    {
        Guard.NotNull(data, nameof(data));
        Guard.Argument(testFraction is > 0 and < 1, nameof(testFraction), "Must be between 0 and 1 exclusive");
        var numbered = SplitNumber.AddTo(data, samplingKeyColumnName, seed ?? (_env as IHostEnvironmentInternal)?.Seed, out var column);
        return Split(numbered, column, 0, testFraction);
    }

    public IReadOnlyList<TrainTestData> CrossValidationSplit(IDataView data, int numberOfFolds = 5, string samplingKeyColumnName = null, int? seed = null)
    {
        Guard.NotNull(data, nameof(data));
        Guard.Argument(numberOfFolds > 1, nameof(numberOfFolds), "Must be more than 1");
        var numbered = SplitNumber.AddTo(data, samplingKeyColumnName, seed ?? (_env as IHostEnvironmentInternal)?.Seed, out var column);
        return Enumerable.Range(0, numberOfFolds)
            .Select(fold => Split(numbered, column, (double)fold / numberOfFolds, (double)(fold + 1) / numberOfFolds))
            .ToArray();
    }

    private TrainTestData Split(IDataView numbered, string column, double from, double to)
    {
        var number = numbered.Schema[column];
        var drop = ColumnSelection.Drop(_env, column);
        IDataView Part(IRowFilter filter) => drop.Transform(new FilterDataView(numbered, filter));
        var inside = new RangeFilter(number, from, to);
        return new TrainTestData(Part(new OppositeFilter(inside)), Part(inside));
    }

    private static IEnumerable<TRow> Enumerate<TRow>(IDataView data, RowFiller<TRow> filler, bool reuse)
        where TRow : class, new()
    {
        using var cursor = data.GetRowCursor(filler.Needed(data.Schema));
        var fill = filler.Bind(cursor);
        TRow row = null;
        while (cursor.MoveNext())
        {
            if (row is null || !reuse)
                row = new TRow();
            fill(row);
            yield return row;
        }
    }

    private sealed class OppositeFilter(IRowFilter filter) : IRowFilter
    {
        public IEnumerable<DataViewSchema.Column> Needed => filter.Needed;

        public Func<bool> Bind(DataViewRow row)
        {
            var accept = filter.Bind(row);
            return () => !accept();
        }
    }
}

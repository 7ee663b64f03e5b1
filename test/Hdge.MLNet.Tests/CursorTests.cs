using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Rows come in order with their own values, although cursors read ahead.</summary>
public class CursorTests
{
    private const int Rows = 600; // several windows

    private readonly TableView _table = Tables.Of(Rows);
    private readonly IDataView _scored;
    private readonly float[] _densities;

    public CursorTests()
    {
        _scored = Trained.Transformer.Transform(_table);
        _densities = [.. Trained.Transformer.Transform(Tables.Of(Rows)).GetColumn<float>("LogDensity")];
    }

    [Fact]
    public void EveryRowKeepsItsValues()
    {
        using DataViewRowCursor cursor = _scored.GetRowCursor(_scored.Schema);
        Assert.Equal(Rows, Walk(cursor).Count);
    }

    [Fact]
    public void PositionCountsRows()
    {
        using DataViewRowCursor cursor = _scored.GetRowCursor([_scored.Schema["Score"]]);
        ValueGetter<VBuffer<float>> get = cursor.GetGetter<VBuffer<float>>(_scored.Schema["Score"]);
        VBuffer<float> value = default;

        Assert.Equal(-1, cursor.Position);
        Assert.Throws<InvalidOperationException>(() => get(ref value));
        for (int row = 0; row < Rows; row++)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(row, cursor.Position);
        }

        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
        Assert.False(cursor.MoveNext());
        Assert.Throws<InvalidOperationException>(() => get(ref value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void ParallelCursorsShareTheRows(int count)
    {
        DataViewRowCursor[] cursors = _scored.GetRowCursorSet(_scored.Schema, count);
        var seen = new List<int>[cursors.Length];
        Parallel.For(0, cursors.Length, i =>
        {
            using (cursors[i])
                seen[i] = Walk(cursors[i]);
        });

        Assert.Equal(count, cursors.Length);
        Assert.Equal(Enumerable.Range(0, Rows), seen.SelectMany(rows => rows).Order());
    }

    [Fact]
    public void ShuffledRowsKeepTheirScores()
    {
        using DataViewRowCursor cursor = _scored.GetRowCursor(_scored.Schema, new Random(5));
        List<int> order = Walk(cursor);

        Assert.True(_scored.CanShuffle);
        Assert.Equal(Enumerable.Range(0, Rows), order.Order());
        Assert.NotEqual(Enumerable.Range(0, Rows), order);
    }

    [Fact]
    public void AnEmptyInputGivesNoRows()
    {
        IDataView scored = Trained.Transformer.Transform(Tables.Of(0));
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);

        Assert.False(cursor.MoveNext());
        Assert.Equal(0, scored.GetRowCount());
    }

    [Fact]
    public void RowCountAndDisposalPassThrough()
    {
        Assert.Equal(Rows, _scored.GetRowCount());
        _scored.GetRowCursor(_scored.Schema).Dispose();
        _scored.GetRowCursor([]).Dispose();
        Assert.Equal(2, _table.Disposed);
    }

    [Fact]
    public void OnlyActiveColumnsHaveGetters()
    {
        using DataViewRowCursor cursor = _scored.GetRowCursor([_scored.Schema["Score"], _scored.Schema["Number"]]);

        Assert.True(cursor.IsColumnActive(_scored.Schema["Score"]));
        Assert.False(cursor.IsColumnActive(_scored.Schema["LogDensity"]));
        Assert.False(cursor.IsColumnActive(_scored.Schema["Features"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(_scored.Schema["LogDensity"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(_scored.Schema["Features"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<int>(_scored.Schema["Score"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(_scored.Schema["Number"]));
    }

    [Fact]
    public void ObjectsHandedOutAreNotDisposed()
    {
        var table = new TableView(
            TableView.Column.Made("Thing", new ThingType(), Rows, number => new Thing(number)),
            TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Single, TinyImages.Length),
                [.. Enumerable.Range(0, Rows).Select(number => new VBuffer<float>(TinyImages.Length, TinyImages.Singles(number)))]));
        IDataView scored = Trained.Transformer.Transform(table);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<Thing> get = cursor.GetGetter<Thing>(scored.Schema["Thing"]);
        var things = new List<Thing>();
        while (cursor.MoveNext())
        {
            Thing? thing = null;
            get(ref thing!);
            things.Add(thing);
        }

        Assert.Equal(Enumerable.Range(0, Rows), things.Select(thing => thing.Number));
        Assert.DoesNotContain(things, thing => thing.IsDisposed);
    }

    // Checks every column of every row against the row's number, and returns the numbers in order.
    private List<int> Walk(DataViewRowCursor cursor)
    {
        ValueGetter<int> getNumber = cursor.GetGetter<int>(_scored.Schema["Number"]);
        ValueGetter<ReadOnlyMemory<char>> getText = cursor.GetGetter<ReadOnlyMemory<char>>(_scored.Schema["Text"]);
        ValueGetter<VBuffer<double>> getPair = cursor.GetGetter<VBuffer<double>>(_scored.Schema["Pair"]);
        ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(_scored.Schema["Features"]);
        ValueGetter<float> getDensity = cursor.GetGetter<float>(_scored.Schema["LogDensity"]);
        ValueGetter<DataViewRowId> getId = cursor.GetIdGetter();
        (int number, float density, long batch) = (0, 0, -1);
        (ReadOnlyMemory<char> text, VBuffer<double> pair, VBuffer<float> features, DataViewRowId id) = (default, default, default, default);
        var numbers = new List<int>();
        while (cursor.MoveNext())
        {
            getNumber(ref number);
            getText(ref text);
            getPair(ref pair);
            getFeatures(ref features);
            getId(ref id);
            Assert.Equal(Tables.Text(number), text.ToString());
            Assert.Equal(Tables.Pair(number).DenseValues(), pair.DenseValues());
            Assert.Equal(TinyImages.Singles(number), features.DenseValues());
            Assert.Equal((ulong)number, id.Low);
            Assert.True(cursor.Batch >= batch);
            batch = cursor.Batch;
            if (number % 4 != 3)
            {
                getDensity(ref density);
                Assert.Equal(_densities[number], density, 1e-3);
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private sealed class Thing(int number) : IDisposable
    {
        public int Number => number;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class ThingType() : StructuredDataViewType(typeof(Thing))
    {
        public override bool Equals(DataViewType? other) => other is ThingType;

        public override bool Equals(object? other) => other is ThingType;

        public override int GetHashCode() => 0;
    }
}

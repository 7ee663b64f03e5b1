using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>Nothing is read or computed that nobody asked for. A disposed transformer cannot score, so whatever works with one did not.</summary>
public class LazinessTests
{
    private const int Rows = 100;

    private readonly TableView _table = Tables.Of(Rows);

    [Fact]
    public void TransformReadsNothing()
    {
        IDataView scored = Trained.Transformer.Transform(_table);
        scored.GetRowCursor(scored.Schema).Dispose();

        Assert.Equal(0, _table.Moves);
        Assert.Equal(0, _table.Pulls("Features"));
    }

    [Fact]
    public void WithoutAScoreNoFeaturesAreRead()
    {
        IDataView scored = Trained.Transformer.Transform(_table);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Number"]]);
        ValueGetter<int> get = cursor.GetGetter<int>(scored.Schema["Number"]);
        int number = 0;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            get(ref number);
            Assert.Equal(row, number);
            Assert.Equal(row + 1, _table.Moves); // no look-ahead either
        }

        Assert.Equal(["Number"], _table.Asked);
        Assert.Equal(0, _table.Pulls("Features"));
        Assert.Equal(Rows, _table.Pulls("Number"));
    }

    [Fact]
    public void AScorePullsOnlyTheFeatures()
    {
        IDataView scored = Trained.Transformer.Transform(_table);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Confidence"], scored.Schema["Score"]]);
        Drain(cursor, scored.Schema["Confidence"]);

        Assert.Equal(["Features"], _table.Asked);
        Assert.Equal(Rows, _table.Pulls("Features"));
        Assert.Equal(0, _table.Pulls("Text"));
    }

    [Fact]
    public void FeaturesAskedForBesideScoresAreReadOnce()
    {
        IDataView scored = Trained.Transformer.Transform(_table);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Confidence"], scored.Schema["Features"]]);
        Drain(cursor, scored.Schema["Confidence"]);

        Assert.Equal(Rows, _table.Pulls("Features"));
    }

    [Fact]
    public void NothingIsScoredBeforeAGetterIsCalled()
    {
        HdgeTransformer transformer = Trained.Fit(Trained.Context, Trained.QuickOptions()).LastTransformer;
        IDataView scored = transformer.Transform(_table);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<int> number = cursor.GetGetter<int>(scored.Schema["Number"]);
        ValueGetter<float> density = cursor.GetGetter<float>(scored.Schema["LogDensity"]);
        transformer.Dispose();

        int value = 0;
        for (int row = 0; row < Rows; row++)
        {
            Assert.True(cursor.MoveNext());
            number(ref value);
            Assert.Equal(row, value);
        }

        float score = 0;
        Assert.Throws<ObjectDisposedException>(() => density(ref score));
    }

    [Fact]
    public void TheFirstRowsComeBeforeTheLastAreRead()
    {
        TableView table = Tables.Of(5000);
        IDataView scored = Trained.Transformer.Transform(table);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["LogDensity"]]);
        ValueGetter<float> get = cursor.GetGetter<float>(scored.Schema["LogDensity"]);
        float value = 0;
        Assert.True(cursor.MoveNext());
        get(ref value);

        Assert.InRange(table.Moves, 1, 32);
    }

    private static void Drain(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        ValueGetter<float> get = cursor.GetGetter<float>(column);
        float value = 0;
        while (cursor.MoveNext())
            get(ref value);
    }
}

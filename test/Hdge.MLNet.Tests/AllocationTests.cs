using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>A cursor reuses its memory from window to window.</summary>
public class AllocationTests
{
    private const int Rows = 6000;

    // A window's tensors have handles on the managed heap; spread over its rows they are a few bytes.
    private const long MostBytesPerRow = 50;

    [Fact]
    public void WarmCursorsAllocateNothingPerRow()
    {
        IDataView scored = Trained.Transformer.Transform(Tables.Of(Rows));
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
        ValueGetter<VBuffer<float>> getScore = cursor.GetGetter<VBuffer<float>>(scored.Schema["Score"]);
        ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
        ValueGetter<ReadOnlyMemory<char>> getText = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema["Text"]);
        (VBuffer<float> score, VBuffer<float> features, ReadOnlyMemory<char> text) = (default, default, default);
        for (int row = 0; row < 1000; row++)
            Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int row = 1000; row < Rows; row++)
            Step();
        long perRow = (GC.GetAllocatedBytesForCurrentThread() - before) / (Rows - 1000);

        Assert.InRange(perRow, 0, MostBytesPerRow);

        void Step()
        {
            Assert.True(cursor.MoveNext());
            getScore(ref score);
            getFeatures(ref features);
            getText(ref text);
        }
    }
}

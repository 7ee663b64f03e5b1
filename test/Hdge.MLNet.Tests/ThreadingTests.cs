using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>One transformer, several threads.</summary>
public class ThreadingTests
{
    private const int Rows = 300;

    [Fact]
    public void ScoringAtOnceEqualsScoringInTurn()
    {
        ScoredImage[] expected = Score(Trained.Transformer);
        ScoredImage[][] results = new ScoredImage[4][];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => results[i] = Score(Trained.Transformer));

        foreach (ScoredImage[] result in results)
        {
            Assert.Equal(expected.Length, result.Length);
            for (int row = 0; row < result.Length; row++)
                Trained.AssertAlike(expected[row], result[row]);
        }
    }

    [Fact]
    public async Task DisposingWhileOthersScoreEndsThemCleanly()
    {
        HdgeTransformer transformer = Trained.Fit(Trained.Context, Trained.QuickOptions()).LastTransformer;
        using var started = new CountdownEvent(3);
        Task[] tasks = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            started.Signal();
            while (true)
                Score(transformer);
        }))];
        started.Wait();
        await Task.Delay(100);
        transformer.Dispose();
        transformer.Dispose();

        foreach (Task task in tasks)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task);
    }

    [Fact]
    public void ADisposedTransformerRefusesEverything()
    {
        HdgeTransformer transformer = Trained.Fit(Trained.Context, Trained.QuickOptions()).LastTransformer;
        IDataView view = Trained.View(Trained.Context, 3);
        transformer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(view));
        Assert.Throws<ObjectDisposedException>(() => transformer.GetRowToRowMapper(view.Schema));
    }

    private static ScoredImage[] Score(HdgeTransformer transformer)
    {
        MLContext context = Trained.Context;
        return Trained.Rows(context, transformer.Transform(context.Data.LoadFromEnumerable(TinyImages.Labelled(Rows))));
    }
}

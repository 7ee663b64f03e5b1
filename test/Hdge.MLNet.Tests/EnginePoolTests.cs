using Hdge.MLNet.Serving;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>Prediction engines for many threads.</summary>
public class EnginePoolTests
{
    [Fact]
    public async Task ManyThreadsPredictWhileTheModelIsReplaced()
    {
        MLContext context = Trained.Context;
        using var file = new MemoryStream();
        context.Model.Save(Trained.Model, Trained.View(context, 1).Schema, file);
        LabelledImage[] images = TinyImages.Labelled(30, first: 500);
        ScoredImage[] expected = Trained.Rows(context, Trained.Model.Transform(context.Data.LoadFromEnumerable(images)));
        ITransformer first = Load();
        HdgeTransformer begun = HdgeTransformer.From(first);
        using var pool = new EnginePool<LabelledImage, ScoredImage>(context, first, mostKept: 2);
        using var end = new CancellationTokenSource();
        long predictions = 0;
        Task[] users = [.. Enumerable.Range(0, 4).Select(user => Task.Run(() =>
        {
            for (int i = user; !end.IsCancellationRequested; i = (i + 1) % images.Length)
            {
                Trained.AssertAlike(expected[i], pool.Predict(images[i]));
                Interlocked.Increment(ref predictions);
            }
        }))];
        for (int i = 0; i < 4; i++)
        {
            long before = Interlocked.Read(ref predictions);
            await pool.Reload(Load()).WaitAsync(TimeSpan.FromSeconds(30));
            while (Interlocked.Read(ref predictions) < before + 20 && !users.Any(user => user.IsFaulted))
                await Task.Delay(5);
        }
        await end.CancelAsync();
        await Task.WhenAll(users);
        Assert.True(begun.Model.IsDisposed); // the old model is gone

        // A model that does not fit is refused, and the old one goes on.
        await Assert.ThrowsAnyAsync<ArgumentException>(() => pool.Reload(context.Transforms.CopyColumns("X", "Y").Fit(context.Data.LoadFromEnumerable(new[] { new { Y = 1f } }))));
        Trained.AssertAlike(expected[0], pool.Predict(images[0]));
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Predict(images[0]));

        ITransformer Load()
        {
            file.Position = 0;
            return context.Model.Load(file, out _);
        }
    }
}

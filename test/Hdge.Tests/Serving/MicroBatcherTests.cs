using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hdge.Conformal;
using Hdge.Serving;
using Hdge.Training;

namespace Hdge.Tests.Serving;

public sealed class MicroBatcherTests(MicroBatcherTests.Fixture fixture) : IClassFixture<MicroBatcherTests.Fixture>
{
    private static readonly MicroBatchOptions s_wide = new() { MaxBatch = 64, MaxDelay = TimeSpan.FromMilliseconds(1), Deadline = Timeout.InfiniteTimeSpan };

    [Fact]
    public async Task ImagesOfABatchScoreToTheLastBitAsTheModelScoresThatBatchAndNearlyAsAlone()
    {
        using var model = new HeldModel(fixture.Model);
        using var batcher = new MicroBatcher(model, s_wide);
        model.Hold();
        var first = batcher.ScoreAsync(Image(0));
        await model.Begun();
        Task<ImageScore>[] tasks = [.. Enumerable.Range(1, 40).Select(i => batcher.ScoreAsync(Image(i)))];
        model.Go();
        var answers = await Task.WhenAll(tasks);
        Assert.Equal([1, 40], model.Batches.Select(b => b.Length));

        var whole = new ScoreBatch(40, 3);
        fixture.Model.Score([.. Enumerable.Range(1, 40).SelectMany(Image)], 40, whole);
        var alone = new ScoreBatch(1, 3);
        for (int i = 0; i < 40; i++)
        {
            var answer = answers[i];
            Assert.Equal(whole.Probabilities.AsSpan(3 * i, 3).ToArray(), answer.Probabilities);
            Assert.Equal(whole.CalibratedProbabilities.AsSpan(3 * i, 3).ToArray(), answer.CalibratedProbabilities);
            Assert.Equal((whole.LogDensity[i], whole.Confidence[i], whole.DetectionScore[i], whole.PredictedClass[i]), (answer.LogDensity, answer.Confidence, answer.DetectionScore, answer.PredictedClass));
            Assert.Equal((whole.IsInRange[i], whole.IsInDistribution[i], 40), (answer.IsInRange, answer.IsInDistribution, answer.BatchSize));
            var set = new bool[3];
            fixture.Model.PredictionSets!.Predict(whole.Probabilities.AsSpan(3 * i, 3), set);
            Assert.Equal(set, answer.PredictionSet);
            fixture.Model.Score(Image(i + 1), 1, alone);
            Assert.Equal(alone.LogDensity[0], answer.LogDensity, 1e-5f);
            Assert.Equal(alone.Confidence[0], answer.Confidence, 1e-5f);
        }
        Assert.Equal(1, (await first).BatchSize);
    }

    [Fact]
    public async Task WhatComesWithinTheDelayWaitsForEachOtherAndAFullBatchForNothing()
    {
        using var batcher = new MicroBatcher(fixture.Model, new() { MaxBatch = 4, MaxDelay = TimeSpan.FromSeconds(1) });
        var full = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => batcher.ScoreAsync(Image(i)))).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.All(full, answer => Assert.Equal(4, answer.BatchSize));
        Assert.All(full, answer => Assert.InRange(answer.Waited, TimeSpan.Zero, TimeSpan.FromSeconds(0.9)));
        var pair = await Task.WhenAll(batcher.ScoreAsync(Image(0)), batcher.ScoreAsync(Image(1))); // not full: after the delay
        Assert.All(pair, answer => Assert.Equal(2, answer.BatchSize));
        Assert.True(pair[0].Waited >= TimeSpan.FromSeconds(0.99), $"it waited {pair[0].Waited}");
    }

    [Fact]
    public async Task FirstComeFirstServedAndAFullQueueRefuses()
    {
        using var model = new HeldModel(fixture.Model);
        using var batcher = new MicroBatcher(model, s_wide with { MaxBatch = 3, QueueCapacity = 8 });
        model.Hold();
        var tasks = new List<Task<ImageScore>> { batcher.ScoreAsync(Numbered(0)) };
        await model.Begun();
        for (byte i = 1; i <= 8; i++)
            tasks.Add(batcher.ScoreAsync(Numbered(i)));
        Assert.Equal(8, batcher.Waiting);
        Assert.Null(batcher.TryScore(Numbered(99)));
        Assert.Null(batcher.TryScore(new float[64]));
        var error = await Assert.ThrowsAsync<ScoringQueueFullException>(() => batcher.ScoreAsync(Numbered(99)));
        Assert.Contains("8 wait", error.Message);
        model.Go();
        await Task.WhenAll(tasks);
        Assert.Equal([[0], [1, 2, 3], [4, 5, 6], [7, 8]], model.Batches);
        Assert.NotNull(await batcher.TryScore(Numbered(9))!); // there is room again
    }

    [Fact]
    public async Task WhoGivesUpLeavesTheQueueAtOnceAndNobodyElseNotices()
    {
        using var model = new HeldModel(fixture.Model);
        using var batcher = new MicroBatcher(model, s_wide with { QueueCapacity = 3 });
        using var cancel = new CancellationTokenSource();
        model.Hold();
        var running = batcher.ScoreAsync(Numbered(0), cancel.Token);
        await model.Begun();
        Task<ImageScore> stays = batcher.ScoreAsync(Numbered(1)), leaves = batcher.ScoreAsync(Numbered(2), cancel.Token), also = batcher.ScoreAsync(Numbered(3));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running); // at once, though it is being computed
        Assert.Equal(2, batcher.Waiting);
        var late = batcher.TryScore(Numbered(4)); // its room is free
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batcher.ScoreAsync(Numbered(5), cancel.Token));
        model.Go();
        await Task.WhenAll(stays, also, late!);
        Assert.Equal([[0], [1, 3, 4]], model.Batches);
    }

    [Fact]
    public async Task TheDeadlineEndsWhatWaitsTooLong()
    {
        using var model = new HeldModel(fixture.Model);
        using var batcher = new MicroBatcher(model, s_wide with { Deadline = TimeSpan.FromMilliseconds(300) });
        model.Hold();
        Task<ImageScore> running = batcher.ScoreAsync(Numbered(0));
        await model.Begun();
        Task<ImageScore> waiting = batcher.ScoreAsync(Numbered(1));
        Assert.Contains("0.3 s", (await Assert.ThrowsAsync<TimeoutException>(() => waiting)).Message);
        await Assert.ThrowsAsync<TimeoutException>(() => running);
        Assert.Equal(0, batcher.Waiting);
        model.Go();
        Assert.Equal(1, (await batcher.ScoreAsync(Numbered(2))).BatchSize);
    }

    [Fact]
    public async Task ABadImageFailsAlone()
    {
        using var model = new HeldModel(fixture.Model) { Poison = 7 };
        using var batcher = new MicroBatcher(model, s_wide);
        model.Hold();
        Task<ImageScore> first = batcher.ScoreAsync(Numbered(0));
        await model.Begun();
        Task<ImageScore>[] tasks = [.. Enumerable.Range(1, 9).Select(i => batcher.ScoreAsync(Numbered((byte)i)))];
        model.Go();
        for (int i = 0; i < tasks.Length; i++)
            if (i + 1 == 7)
                Assert.Equal("There is 7 among 1.", (await Assert.ThrowsAsync<InvalidOperationException>(() => tasks[i])).Message);
            else
                Assert.Equal(1, (await tasks[i]).BatchSize);
        await first;
        // What no model need look at is refused before it waits.
        Assert.Contains("63 values, expected 64", (await Assert.ThrowsAsync<ArgumentException>(() => batcher.ScoreAsync(new byte[63]))).Message);
        Assert.Contains("not finite", (await Assert.ThrowsAsync<ArgumentException>(() => batcher.ScoreAsync(Enumerable.Repeat(0.5f, 63).Append(float.NaN).ToArray()))).Message);
    }

    [Fact]
    public async Task AnImageOutOfRangeFailsAloneWhereTheModelRefusesThose()
    {
        using var model = ModelTrainer.Train(SmallImages.Patterns(90), SmallImages.Quick with { Epochs = 1 });
        model.OutOfRange = OutOfRangeAction.Throw;
        await using var batcher = new MicroBatcher(model, new() { MaxBatch = 3, MaxDelay = TimeSpan.FromSeconds(1) });
        float[] good = [.. Image(1).Select(b => b / 255f)];
        Task<ImageScore> a = batcher.ScoreAsync(good), bad = batcher.ScoreAsync(Array.ConvertAll(good, v => v * 255)), b = batcher.ScoreAsync(good);
        await Assert.ThrowsAsync<ArgumentException>(() => bad);
        Assert.Equal(await a with { Waited = default }, await b with { Waited = default, Probabilities = (await a).Probabilities, CalibratedProbabilities = (await a).CalibratedProbabilities, PredictionSet = (await a).PredictionSet });
    }

    [Fact]
    public async Task BytesAndSinglesAreBothScoredInOrder()
    {
        await using var batcher = new MicroBatcher(fixture.Model, s_wide);
        var tasks = Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? batcher.ScoreAsync(Array.ConvertAll(Image(i), b => b / 255f)) : batcher.ScoreAsync(Image(i))).ToArray();
        var answers = await Task.WhenAll(tasks);
        var alone = new ScoreBatch(1, 3);
        for (int i = 0; i < answers.Length; i++)
        {
            fixture.Model.Score(Image(i), 1, alone);
            Assert.Equal(alone.LogDensity[0], answers[i].LogDensity, 1e-5f);
        }
    }

    [Fact]
    public async Task DisposeScoresWhatWaitsAndRefusesWhatComes()
    {
        using var model = new HeldModel(fixture.Model);
        var batcher = new MicroBatcher(model, s_wide with { MaxDelay = TimeSpan.FromSeconds(1) });
        model.Hold();
        Task<ImageScore>[] tasks = [.. Enumerable.Range(0, 5).Select(i => batcher.ScoreAsync(Image(i)))];
        var end = batcher.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => batcher.ScoreAsync(Image(0)));
        Assert.False(end.IsCompleted);
        model.Go();
        await end;
        Assert.All(tasks, task => Assert.True(task.IsCompletedSuccessfully));
        batcher.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ManyThreadsGetEachItsOwnAnswer(int workers)
    {
        var sizes = new List<int>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == "Hdge" && instrument.Name == "hdge.batch.size") l.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<int>((_, size, _, _) => { lock (sizes) sizes.Add(size); });
        listener.Start();
        var expected = fixture.Model.Score(SmallImages.Patterns(300));
        await using var batcher = new MicroBatcher(fixture.Model, new() { Workers = workers, QueueCapacity = 1000 });
        await Parallel.ForEachAsync(Enumerable.Range(0, 1200), new ParallelOptions { MaxDegreeOfParallelism = 24 }, async (i, token) =>
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(token);
            if (i % 11 == 5)
                cancel.CancelAfter(i % 3);
            try
            {
                var answer = await batcher.ScoreAsync(Image(i % 300), cancel.Token);
                Assert.Equal(expected.LogDensity[i % 300], answer.LogDensity, 1e-5f);
                Assert.Equal(expected.PredictedClass[i % 300], answer.PredictedClass);
            }
            catch (OperationCanceledException) when (i % 11 == 5)
            {
                // as asked
            }
        });
        Assert.Equal(0, batcher.Waiting);
        Assert.Contains(sizes, size => size > 1);
    }

    [Fact]
    public async Task ABatchIsTracedAndLinkedToItsCallers()
    {
        var ended = new List<Activity>();
        using var caller = new Activity("caller").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Hdge",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (ended) ended.Add(activity); },
        };
        ActivitySource.AddActivityListener(listener);
        await using (var batcher = new MicroBatcher(fixture.Model, new() { MaxBatch = 2, MaxDelay = TimeSpan.FromSeconds(1) }))
            await Task.WhenAll(batcher.ScoreAsync(Image(0)), batcher.ScoreAsync(Image(1)));
        var own = ended.Single(activity => activity.Links.Any(link => link.Context.TraceId == caller.TraceId)); // other tests' batches may be among them
        Assert.Equal(2, own.Links.Count());
        Assert.Equal(2, own.GetTagItem("hdge.batch.size"));
    }

    [Fact]
    public void OptionsOutOfRangeAreRefused()
    {
        foreach (var wrong in new MicroBatchOptions[] { new() { MaxBatch = 0 }, new() { MaxBatch = 257 }, new() { MaxDelay = TimeSpan.FromSeconds(2) }, new() { QueueCapacity = 0 }, new() { Deadline = TimeSpan.Zero }, new() { Workers = 0 } })
            Assert.Throws<ArgumentOutOfRangeException>(() => new MicroBatcher(fixture.Model, wrong));
        Assert.Equal("MicroBatch: MaxBatch 8", new MicroBatchOptions { MaxBatch = 8 }.ToString());
    }

    private byte[] Image(int number) => fixture.Images.Bytes(number).ToArray();

    private static byte[] Numbered(byte number) => [number, .. Enumerable.Repeat((byte)60, 63)];

    public sealed class Fixture : IDisposable
    {
        public Fixture() => Model.Calibrate(SmallImages.Patterns(60, seed: 2), predictionSets: new ConformalOptions());

        public HdgeModel Model { get; } = ModelTrainer.Train(SmallImages.Patterns(120), SmallImages.Quick);

        public ImageSet Images { get; } = SmallImages.Patterns(300);

        public void Dispose()
        {
            Model.Dispose();
            Images.Dispose();
        }
    }
}

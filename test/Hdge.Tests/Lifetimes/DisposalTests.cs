using Hdge.Detection;
using Hdge.Robustness;
using Hdge.Sampling;
using Hdge.Training;

namespace Hdge.Tests.Lifetimes;

/// <summary>Disposing of a model, whatever others do with it meanwhile: without waiting, the first of these ended the process with a segmentation fault.</summary>
public sealed class DisposalTests : IDisposable
{
    private static readonly ImageSet s_train = SmallImages.Patterns(48), s_images = SmallImages.Patterns(64, seed: 9);

    private static readonly Dictionary<string, Action<HdgeModel>> s_calls = new()
    {
        ["score"] = model => model.Score(s_images.Bytes(0, 64), 64, new ScoreBatch(64, 3)),
        ["score a set"] = model => model.Score(s_images),
        ["logits"] = model => model.Logits(s_images),
        ["detection scores"] = model => model.DetectionScores(s_images, [DetectionScore.ApproximateMass, DetectionScore.Ash]),
        ["fit detectors"] = model => model.FitDetectors(s_train, s_images, new DetectionOptions { Score = DetectionScore.Mahalanobis }),
        ["calibrate"] = model => model.Calibrate(s_images),
        ["sample"] = model => model.Sample(new SampleOptions { Count = 4, Chain = new SgldOptions { Steps = 4 } }),
        ["attack"] = model => Pgd.Attack(model, s_images.Take(8), new PgdOptions { Steps = 3 }),
        ["save"] = model => model.Save(new MemoryStream()),
    };

    private readonly MemoryStream _file = new();

    public DisposalTests()
    {
        using var model = ModelTrainer.Train(s_train, SmallImages.Quick with { Epochs = 1 });
        model.Save(_file);
    }

    public static TheoryData<string> Calls => [.. s_calls.Keys];

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A2_DisposeWhileScoringWaitsOrRefuses()
    {
        for (int attempt = 0; attempt < 15; attempt++)
            DisposeBeside([.. Enumerable.Repeat("score", 6)], delay: attempt % 5);
    }

    [Fact]
    public void A2_DisposeWhileEverythingElseRuns()
    {
        for (int attempt = 0; attempt < 6; attempt++)
            DisposeBeside(s_calls.Keys, delay: 5 + 10 * attempt);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void A2_ADisposedModelRefuses(string call)
    {
        var model = Load();
        s_calls[call](model);
        Assert.False(model.IsDisposed);
        model.Dispose();
        model.Dispose();
        Assert.True(model.IsDisposed);
        Assert.Equal(typeof(HdgeModel).FullName, Assert.Throws<ObjectDisposedException>(() => s_calls[call](model)).ObjectName);
    }

    [Fact]
    public void A2_DisposeWithinACallbackLetsTheCallEnd()
    {
        var model = Load();
        var expected = model.Sample(new SampleOptions { Count = 4, Chain = new SgldOptions { Steps = 4 } });
        var images = model.Sample(new SampleOptions { Count = 4, Chain = new SgldOptions { Steps = 4 } }, _ =>
        {
            model.Dispose();
            model.Score(s_images); // the same thread is inside already
        });
        Assert.Equal(expected.Bytes(0, 4).ToArray(), images.Bytes(0, 4).ToArray());
        Assert.Throws<ObjectDisposedException>(() => model.Score(s_images));
        Assert.Throws<InvalidOperationException>(() => model.Network.call(zeros(1, 1, 8, 8))); // its weights are gone
    }

    [Fact]
    public async Task A2_DisposeReturnsAfterTheLastCall()
    {
        var model = Load();
        using var inside = new ManualResetEventSlim();
        bool ended = false;
        var call = Task.Run(() =>
        {
            model.Sample(new SampleOptions { Count = 1, Chain = new SgldOptions { Steps = 2 } }, share =>
            {
                inside.Set();
                Thread.Sleep(100);
                ended = share == 1;
            });
        });
        inside.Wait();
        model.Dispose();
        Assert.True(ended);
        await call;
    }

    [Fact]
    public async Task A2_DetectorsMayBeReplacedWhileOthersScoreByThem()
    {
        using var model = Load();
        using var stop = new CancellationTokenSource();
        var scoring = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                Assert.All(model.Score(s_images).DetectionScore[..64], score => Assert.True(float.IsFinite(score)));
        })).ToArray();
        for (int i = 0; i < 12; i++)
            model.FitDetectors(s_train, s_images, new DetectionOptions { Score = i % 2 == 0 ? DetectionScore.Vim : DetectionScore.NearestNeighbors });
        await stop.CancelAsync();
        await Task.WhenAll(scoring);
    }

    [Fact]
    public void A2_GoingInAndOutAllocatesNothing()
    {
        int released = 0;
        var gate = new UseGate(() => released++);
        Twice();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            Twice();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(0, released);
        gate.Close(wait: true);
        gate.Close(wait: true);
        Assert.Equal(1, released);

        void Twice()
        {
            using var outer = gate.Enter(this);
            using var inner = gate.Enter(this);
        }
    }

    private HdgeModel Load()
    {
        _file.Position = 0;
        return HdgeModel.Load(_file, "cpu");
    }

    private void DisposeBeside(IEnumerable<string> calls, int delay)
    {
        var model = Load();
        string[] names = [.. calls];
        using var started = new CountdownEvent(names.Length);
        var threads = names.Select(name => Task.Factory.StartNew(
            () =>
            {
                started.Signal();
                while (true)
                    s_calls[name](model);
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        started.Wait();
        Thread.Sleep(delay);
        model.Dispose();
        foreach (var thread in threads)
            Assert.Throws<ObjectDisposedException>(() => thread.GetAwaiter().GetResult());
    }
}

using FleetScoring;
using Hangfire.States;

namespace Services.Tests;

[Collection("Service")]
public sealed class FleetTests(ServiceFixture fixture) : IDisposable
{
    private readonly FleetFiles _files = new(fixture.ModelFile);

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task EveryImageGetsTheLineThatTheModelGivesIt()
    {
        var lines = File.ReadLines(await _files.RunAll("fleet")).Select(Line.Parse).ToList();
        Assert.Equal(Enumerable.Range(0, FleetFiles.Count).Select(i => ((long)i, $"{i:00}.png")), lines.Select(line => (line!.Index, line.Input)));

        using var served = ScoringService.ServedModel.Load(new() { Model = fixture.ModelFile });
        var pixels = new byte[28 * 28];
        var scores = new Hdge.ScoreBatch(1, 10);
        foreach (var line in lines.Where(line => line!.Index != FleetFiles.Damaged))
        {
            Assert.Null(served.Decoder.Read(Path.Combine(_files.Images, line!.Input), pixels));
            served.Model.Score(pixels, 1, scores);
            Assert.Null(line.Problem);
            Assert.Equal(served.ClassNames[scores.PredictedClass[0]], line.Class);
            Assert.Equal(scores.Confidence[0], line.Confidence!.Value, 1e-5f);
            Assert.Equal(scores.LogDensity[0], line.LogDensity!.Value, 1e-4f);
            Assert.Equal(scores.DetectionScore[0], line.DetectionScore!.Value, 1e-3f);
            Assert.Equal(scores.IsInDistribution[0], line.IsInDistribution);
            Assert.All(line.Probabilities!.Zip(scores.CalibratedProbabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }
        Assert.Contains("damaged or cut off", lines[FleetFiles.Damaged]!.Problem);
        Assert.Null(lines[FleetFiles.Damaged]!.Class);
    }

    [Fact]
    public async Task MergeRefusesWhatIsMissingDoubleOrForeignAndWorkMendsIt()
    {
        string merged = await _files.RunAll("fleet"), folder = _files.In("fleet"), to = _files.In("merged.jsonl");
        byte[] whole = File.ReadAllBytes(merged);
        string Result(int shard) => Path.Combine(folder, "results", $"{shard:000000}.jsonl");
        File.Delete(Result(3));
        File.AppendAllText(Result(5), File.ReadLines(Result(5)).Last() + "\n"); // one twice
        File.Copy(Result(6), Result(7), overwrite: true); // another's
        File.WriteAllText(Result(8), File.ReadAllText(Result(8))[..^40]); // cut off
        File.Copy(Result(0), Result(99));

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => FleetFiles.Run("merge", folder, "--to", to));
        Assert.Contains("000003.jsonl is missing", refused.Message);
        Assert.Contains("000005.jsonl has more than 5 lines", refused.Message);
        Assert.Contains("000007.jsonl, line 1 is of input 30 '30.png', expected 35 '35.png'", refused.Message);
        Assert.Contains("000008.jsonl, line 5 is damaged", refused.Message);
        Assert.Contains("000099.jsonl is of no shard", refused.Message);
        Assert.False(File.Exists(to));
        Assert.Empty(Directory.GetFiles(_files.In(""), "*.part"));

        File.Delete(Result(99));
        var untouched = File.GetLastWriteTimeUtc(Result(4));
        Assert.Contains("4 shards enqueued", await FleetFiles.Run("work", folder));
        Assert.Equal(untouched, File.GetLastWriteTimeUtc(Result(4)));
        Assert.Contains("every one of 60 images once, in order: 59 scored", await FleetFiles.Run("merge", folder, "--to", to));
        Assert.Equal(whole, File.ReadAllBytes(to));
    }

    [Fact]
    public async Task ThePlanIsHeldTo()
    {
        string folder = _files.In("fleet"), list = _files.In("list.txt");
        string[] plan = ["plan", _files.Images, "--model", _files.Model, "--out", folder, "--shard", "5"];
        Assert.Equal(await FleetFiles.Run(plan), await FleetFiles.Run(plan)); // the same again is the same plan
        Assert.Contains("another plan", (await Assert.ThrowsAsync<InvalidDataException>(() => FleetFiles.Run([.. plan[..^1], "6"]))).Message);
        await Assert.ThrowsAsync<ArgumentException>(() => FleetFiles.Run("plan", _files.Images, "--model", _files.Model, "--out", Path.Combine(_files.Images, "out")));

        File.WriteAllLines(list, ["images/01.png", "images/gone.png", "", "images/../images/01.png"]);
        Assert.Contains("01.png' 2 times", (await Assert.ThrowsAsync<InvalidDataException>(() => FleetFiles.Run("plan", list, "--model", _files.Model, "--out", _files.In("other")))).Message);
        File.WriteAllLines(list, ["images/01.png", "images/gone.png"]);
        await FleetFiles.Run("run", list, "--model", _files.Model, "--out", _files.In("other"));
        var lines = File.ReadLines(Path.Combine(_files.In("other"), "results.jsonl")).Select(Line.Parse).ToList();
        Assert.Equal([null, "there is no such file"], lines.Select(line => line!.Problem));

        File.AppendAllText(Path.Combine(folder, "model.zip"), "x");
        Assert.Contains("not the model that was planned", (await Assert.ThrowsAsync<InvalidDataException>(() => FleetFiles.Run("work", folder))).Message);
    }

    [Fact]
    public async Task AShardHasOneJobHoweverOftenItIsAskedFor()
    {
        await FleetFiles.Run("plan", _files.Images, "--model", _files.Model, "--out", _files.In("fleet"), "--shard", "5");
        var plan = Plan.Read(_files.In("fleet"));
        var storage = JobQueue.Open(null, TimeSpan.FromSeconds(30));
        using var owner = storage as IDisposable;
        int Fill() => JobQueue.Fill(storage, plan, new Results(plan, _files.In("fleet")));
        Assert.Equal(12, Fill());
        Assert.Equal(0, Fill());
        var jobs = storage.GetMonitoringApi().EnqueuedJobs($"fleet-{plan.Id}", 0, 100);
        Assert.Equal(Enumerable.Range(0, 12), jobs.Select(job => (int)job.Value.Job.Args[1]).Order());

        new Hangfire.BackgroundJobClient(storage).ChangeState(jobs[4].Key, new DeletedState(), null); // done with, and yet no result
        Assert.Equal(1, Fill());
    }

    [Fact]
    public async Task ShardsThatFailAreTriedAgainAndNoImageIsTakenForMissing()
    {
        string folder = _files.In("fleet"), away = _files.In("away");
        byte[] whole = File.ReadAllBytes(await _files.RunAll("one"));
        await FleetFiles.Run("plan", _files.Images, "--model", _files.Model, "--out", folder, "--shard", "5");
        Directory.Move(_files.Images, away);
        var work = FleetFiles.Run("work", folder, "--workers", "2");
        await Task.Delay(2500);
        Assert.False(work.IsCompleted);
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "results")));
        Directory.Move(away, _files.Images);
        await work.WaitAsync(TimeSpan.FromSeconds(60));
        await FleetFiles.Run("merge", folder);
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(folder, "results.jsonl")));
    }
}

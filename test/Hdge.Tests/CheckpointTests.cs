using System.Globalization;
using Hdge.Persistence;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>Trials A3 and A4: a run outlives kills, damaged checkpoints, full disks and read-only folders.</summary>
public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    private string Newest => Path.Combine(_folder, "run.checkpoint");
    private string Previous => CheckpointFiles.Previous(Newest);
    private string Partial => WholeFile.Partial(Newest);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TrainingOptions Run(int epochs = 4) => SmallImages.Quick with { Epochs = epochs };

    private TrainingOptions Saved(bool resume, string? path = null, int epochs = 4) => Run(epochs) with { Checkpoint = new CheckpointOptions { Path = path ?? Newest, Resume = resume } };

    private static HdgeModel Train(TrainingOptions options, List<string>? log = null, Action<EpochMetrics>? progress = null) =>
        ModelTrainer.Train(SmallImages.Patterns(60), options, new TrainingCallbacks { Epoch = progress, Log = log is null ? null : SmallImages.Log(log) });

    /// <summary>Ends a run once an epoch has ended and its checkpoint was written.</summary>
    private static void Stop(TrainingOptions options, int epoch) =>
        Assert.Throws<TimeoutException>(() => Train(options, progress: m => { if (m.Epoch == epoch) throw new TimeoutException(); }));

    private static byte[][] Weights(HdgeModel model) => [.. model.Network.state_dict().OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => w.Value.contiguous().bytes.ToArray())];

    private static void Damage(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(path, content);
    }

    [Fact]
    public void A3_DamagedNewestCheckpointNeverTakesThePlaceOfTheGoodPrevious()
    {
        Stop(Saved(resume: false), 2);
        Damage(Newest);
        byte[] good = File.ReadAllBytes(Previous);
        Stop(Saved(resume: true), 2); // goes on from epoch 1, and has written epoch 2 once more
        Assert.Equal(good, File.ReadAllBytes(Previous));
        Assert.Equal(2, Checkpoint.Inspect(Newest).Epoch);
        Stop(Saved(resume: true), 3);
        Assert.Equal((3, 2), (Checkpoint.Inspect(Newest).Epoch, Checkpoint.Inspect(Previous).Epoch));
    }

    [Fact]
    public void A3_AKillBetweenTheRenamesLosesNoEpoch()
    {
        Stop(Saved(resume: false), 2);
        File.Move(Newest, Partial); // what is left then: .previous (1) and .partial (2), which is whole
        var log = new List<string>();
        using var resumed = Train(Saved(resume: true), log);
        Assert.Contains("after epoch 2", Assert.Single(log), StringComparison.Ordinal);
        using var expected = Train(Run());
        Assert.Equal(Weights(expected), Weights(resumed));
        Assert.False(File.Exists(Partial));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A3_AWholePartialFileIsAThirdCandidate(bool othersDamaged)
    {
        Stop(Saved(resume: false), 3);
        File.Move(Newest, Partial);
        File.Move(Previous, Newest);
        if (othersDamaged)
        {
            Damage(Newest);
            File.WriteAllBytes(Previous, [1, 2, 3]);
        }
        Assert.Contains("already", Assert.Throws<IOException>(() => Train(Saved(resume: false))).Message, StringComparison.Ordinal);
        var log = new List<string>();
        Assert.Throws<TimeoutException>(() => ModelTrainer.Train(SmallImages.Patterns(60), Saved(resume: true), new TrainingCallbacks { Epoch = m => { if (m.Epoch == 3) throw new TimeoutException(); }, Log = SmallImages.Log(log) }));
        Assert.Contains("after epoch 3", log[^1], StringComparison.Ordinal);
        Assert.Equal(3, Checkpoint.Inspect(Newest).Epoch);
        if (!othersDamaged)
            Assert.Equal(2, Checkpoint.Inspect(Previous).Epoch);
    }

    [Fact]
    public void A3_HalfAPartialFileIsNoCheckpoint()
    {
        File.WriteAllBytes(Partial, new byte[5000]);
        using var model = Train(Saved(resume: false)); // nothing to lose: it begins
        Assert.Equal(4, Checkpoint.Inspect(Newest).Epoch);
    }

    [Fact]
    public void A3_SigkillAtRandomMomentsChangesNoBitOfTheWeights()
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("HDGE_KILLS"), CultureInfo.InvariantCulture, out int asked) ? asked : 4, done = 0;
        string model = Path.Combine(_folder, "model");
        var random = new Random(kills);
        using var expected = ModelTrainer.Train(ChildRun.Images, ChildRun.Options(null));
        while (done < kills)
            if (!ChildRun.RunAndKill(Newest, model, random.Next(0, 6), TimeSpan.FromMilliseconds(random.Next(0, 120))))
                done++;
            else // it had ended: once more from the beginning
            {
                Check();
                File.Delete(Newest);
                File.Delete(Previous);
            }
        Assert.True(ChildRun.RunAndKill(Newest, model, int.MaxValue, TimeSpan.FromMinutes(5)));
        Check();

        void Check()
        {
            using var resumed = HdgeModel.Load(model, "cpu");
            Assert.Equal(Weights(expected), Weights(resumed));
        }
    }

    [Fact]
    public void A4_AFolderThatCannotBeWrittenToIsRefusedAtTheStart()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "no folder");
        int epochs = 0;
        string message = Assert.Throws<IOException>(() => Train(Saved(resume: true, Path.Combine(file, "run.checkpoint")), progress: _ => epochs++)).Message;
        Assert.Contains("cannot be written", message, StringComparison.Ordinal);
        Assert.Contains("CheckpointOptions.Path", message, StringComparison.Ordinal);
        Assert.Equal(0, epochs);
    }

    [TmpfsFact]
    public void A4_AReadOnlyFolderOrTooSmallADiskIsRefusedAtTheStart()
    {
        using var disk = new Tmpfs("128k");
        string path = Path.Combine(disk.Folder, "run.checkpoint");
        Assert.Contains("needs about", Assert.Throws<IOException>(() => Train(Saved(resume: false, path))).Message, StringComparison.Ordinal);
        disk.MakeReadOnly(true);
        Assert.Contains("cannot be written", Assert.Throws<IOException>(() => Train(Saved(resume: false, path))).Message, StringComparison.Ordinal);
    }

    [TmpfsFact]
    public void A4_AFullDiskDoesNotEndTheRun() => OutlivesTrouble((disk, on) =>
    {
        if (on)
            disk.Fill();
        else
            disk.Empty();
    });

    [TmpfsFact]
    public void A4_AFolderThatBecomesReadOnlyDoesNotEndTheRun() => OutlivesTrouble((disk, on) => disk.MakeReadOnly(on));

    /// <summary>The disk is in trouble from the end of epoch 1 to that of epoch 4.</summary>
    private void OutlivesTrouble(Action<Tmpfs, bool> trouble)
    {
        using var disk = new Tmpfs("8m");
        string path = Path.Combine(disk.Folder, "run.checkpoint");
        var log = new List<string>();
        using var model = Train(Saved(resume: false, path, 6), log, m =>
        {
            if (m.Epoch == 1)
                trouble(disk, true);
            if (m.Epoch == 4)
            {
                Assert.Equal(1, Checkpoint.Inspect(path).Epoch); // the old one is kept
                trouble(disk, false);
            }
        });
        using var expected = Train(Run(6));
        Assert.Equal(Weights(expected), Weights(model));
        Assert.Equal(2, log.Count);
        Assert.Contains("could not be written after epoch 2", log[0], StringComparison.Ordinal);
        Assert.Contains("written again, after epoch 5", log[1], StringComparison.Ordinal);
        Assert.Equal((6, 5), (Checkpoint.Inspect(path).Epoch, Checkpoint.Inspect(CheckpointFiles.Previous(path)).Epoch));
        Assert.Equal(2, Directory.GetFiles(disk.Folder, "run*").Length);
    }
}

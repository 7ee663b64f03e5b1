using System.Diagnostics;
using System.Globalization;
using Hdge.Distributed;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>What happens where a process dies, hangs, is cancelled or was started with other options, and where there is no MPI.</summary>
public sealed class FailureTests : IDisposable
{
    private static readonly TimeSpan s_seconds = TimeSpan.FromSeconds(60); // on a machine that has other things to do

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [MpiTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void AKilledRankEndsTheRunWhichGoesOnToTheVerySameWeights(int victim)
    {
        string whole = Directory.CreateDirectory(Path.Combine(_folder, "whole")).FullName, parts = Directory.CreateDirectory(Path.Combine(_folder, "parts")).FullName;
        Ends(Mpirun.Run(2, "resume", whole));
        using (var process = Mpirun.Start(2, "resume", parts))
        {
            int pid = 0, epochs = 0;
            while (epochs < 3 && process.StandardOutput.ReadLine() is { } line)
            {
                if (line.Contains($"rank {victim} is ", StringComparison.Ordinal))
                    pid = int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
                epochs += line.Contains("epoch ", StringComparison.Ordinal) ? 1 : 0;
            }
            using (var killed = Process.GetProcessById(pid))
                killed.Kill(); // SIGKILL
            var clock = Stopwatch.StartNew();
            var (code, _, errors) = Mpirun.Await(process);
            Assert.NotEqual(0, code);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, s_seconds);
            Assert.Contains(FormattableString.Invariant($"rank {victim} with PID"), errors, StringComparison.Ordinal);
            Assert.Contains("signal 9", errors, StringComparison.Ordinal);
            Assert.False(File.Exists(Ranks.File(parts, "resumed", 0)));
        }
        Assert.Contains("Going on from", Ends(Mpirun.Run(2, "resume", parts)), StringComparison.Ordinal);
        for (int rank = 0; rank < 2; rank++)
            Assert.Equal(File.ReadAllBytes(Ranks.File(whole, "resumed", 0)), File.ReadAllBytes(Ranks.File(parts, "resumed", rank)));
    }

    [MpiFact]
    public void AnotherNumberOfRanksGoesOnWithTheSameBatch()
    {
        var options = Failures.Resumed(1) with { Checkpoint = new CheckpointOptions { Path = Path.Combine(_folder, "run.checkpoint") } };
        Assert.Throws<TimeoutException>(() => ModelTrainer.Train(SmallImages.Patterns(80), options, m => { if (m.Epoch == 10) throw new TimeoutException(); }));
        Assert.Contains("after epoch 10.", Ends(Mpirun.Run(2, "resume", _folder)), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(Ranks.File(_folder, "resumed", 0)), File.ReadAllBytes(Ranks.File(_folder, "resumed", 1)));
    }

    [MpiFact]
    public void AnEnsembleGoesOnFromWhatRank0Kept()
    {
        string whole = Directory.CreateDirectory(Path.Combine(_folder, "whole")).FullName, parts = Directory.CreateDirectory(Path.Combine(_folder, "parts")).FullName;
        Ends(Mpirun.Run(2, "ensemble", whole, "2"));
        Ends(Mpirun.Run(2, "ensemble", parts, "1"));
        string resumed = Ends(Mpirun.Run(2, "ensemble", parts, "2"));
        Assert.Contains("Member 1 of 2 is finished", resumed, StringComparison.Ordinal);
        Assert.Equal(resumed.IndexOf("is finished", StringComparison.Ordinal), resumed.LastIndexOf("is finished", StringComparison.Ordinal)); // rank 0 alone says so
        foreach (string what in new[] { "member0", "member1", "decision" })
            for (int rank = 0; rank < 2; rank++)
                Assert.Equal(File.ReadAllBytes(Ranks.File(whole, what, 0)), File.ReadAllBytes(Ranks.File(parts, what, rank)));
        Assert.NotEqual(File.ReadAllBytes(Ranks.File(whole, "member0", 0)), File.ReadAllBytes(Ranks.File(whole, "member1", 0)));
        Assert.Equal(["run.checkpoint.member1.finished", "run.checkpoint.member2.finished", "run.checkpoint.members"], Directory.GetFiles(Path.Combine(parts, "disk0")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(parts, "disk1")));
    }

    [MpiFact]
    public void ARankThatFailsEndsTheOthers()
    {
        var (code, _, errors) = Mpirun.Run(2, "fail");
        Assert.Equal(2, code);
        Assert.Contains("the disk of rank 1 is full", errors, StringComparison.Ordinal);
        Assert.Contains("Rank 1 of 2 ends with exit code 2: all are ended.", errors, StringComparison.Ordinal);
    }

    [MpiFact]
    public void ARankThatHangsEndsTheOthers()
    {
        var (code, _, errors) = Mpirun.Run(2, "hang");
        Assert.NotEqual(0, code);
        Assert.Contains("Rank 0 of 2 has waited 00:00:02 for the others", errors, StringComparison.Ordinal);
    }

    [MpiFact]
    public void AllEndWhereOneIsCancelled()
    {
        string output = Ends(Mpirun.Run(2, "cancel"));
        Assert.Contains("rank 0 was cancelled", output, StringComparison.Ordinal);
        Assert.Contains("rank 1 was cancelled", output, StringComparison.Ordinal);
    }

    [MpiFact]
    public void OtherOptionsAreRefused()
    {
        var (code, _, errors) = Mpirun.Run(2, "differ");
        Assert.NotEqual(0, code);
        Assert.Contains("The processes do not train the same: LearningRate: 0.5 on rank 0, 0.25 on rank 1.", errors, StringComparison.Ordinal);
    }

    [MpiFact]
    public void OperationsAreThoseOfAllRanks()
    {
        string output = Ends(Mpirun.Run(3, "operations"));
        for (int rank = 0; rank < 3; rank++)
            Assert.Contains(FormattableString.Invariant($"rank {rank} of 3: 6,6,6 3,3 [3, 2] 1,1,2,2,2,2 12"), output, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutOpenMpiTheMessageTellsWhatToInstall()
    {
        var missing = Assert.Throws<MpiMissingException>(() => ModelTrainer.Train(SmallImages.Patterns(20), SmallImages.Quick with { Distributed = new MpiOptions { Library = "libmpi-of-nobody.so" } }));
        Assert.Contains("looked for libmpi-of-nobody.so", missing.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install openmpi-bin", missing.Message, StringComparison.Ordinal);
        var other = Assert.Throws<MpiMissingException>(() => new MpiOptions { Library = "libc.so.6" }.Connect());
        Assert.Contains("'libc.so.6' is no library of Open MPI", other.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new MpiOptions { Timeout = TimeSpan.Zero }.Connect());
    }

    [Fact]
    public void ObjectivesWhosePassesAreNotSharedAreRefused()
    {
        var options = SmallImages.Quick with { Distributed = new MpiOptions(), Network = new Networks.WideResNetOptions { Normalization = Networks.Normalization.None } };
        foreach (ObjectiveOptions objective in new ObjectiveOptions[] { new JemOptions(), new AdversarialTrainingOptions { Inner = new JemOptions { DensityWeight = 0 } } })
            Assert.Contains("cannot be trained by several processes together", Assert.Throws<ArgumentException>(() => (options with { Objective = objective }).Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
        (options with { Objective = new AdversarialTrainingOptions() }).Validate(SmallImages.Shape);
    }

    private static string Ends((int Code, string Output, string Errors) run)
    {
        Assert.True(run.Code == 0, run.Output + run.Errors);
        return run.Output;
    }
}

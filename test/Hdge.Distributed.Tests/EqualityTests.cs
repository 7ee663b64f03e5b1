using System.Runtime.InteropServices;
using Hdge.Training;
using Xunit.Abstractions;

namespace Hdge.Tests;

/// <summary>All cases by 2 and by 4 processes: started once.</summary>
public sealed class TrainedByRanks : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    public TrainedByRanks()
    {
        foreach (int processes in MpiFactAttribute.Missing is null ? new[] { 2, 4 } : [])
        {
            Directory.CreateDirectory(Folder(processes));
            var (code, output, errors) = Mpirun.Run(processes, ["cases", Folder(processes), .. Cases.Sgd.Keys, "Adam"]);
            Assert.True(code == 0, output + errors);
        }
    }

    private string Folder(int processes) => Path.Combine(_folder, FormattableString.Invariant($"{processes}"));

    /// <summary>A rank's weights.</summary>
    internal float[] Weights(string name, int processes, int rank) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Ranks.File(Folder(processes), name, rank))).ToArray();

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>n processes end at the weights of one that takes n times the batch.</summary>
public sealed class EqualityTests(TrainedByRanks trained, ITestOutputHelper output) : IClassFixture<TrainedByRanks>
{
    public static TheoryData<string> Names => [.. Cases.Sgd.Keys];

    [MpiTheory]
    [MemberData(nameof(Names))]
    public void WeightsAreThoseOfOneProcess(string name)
    {
        float[] alone = Alone(Cases.Sgd[name]);
        foreach (int processes in new[] { 2, 4 })
        {
            float[] first = trained.Weights(name, processes, 0);
            for (int rank = 1; rank < processes; rank++)
                Assert.Equal(first, trained.Weights(name, processes, rank));
            double distance = Distance(alone, first);
            output.WriteLine(FormattableString.Invariant($"{name}, {processes} processes: {distance:G3}"));
            Assert.InRange(distance, 0, 1e-5);
        }
    }

    [MpiFact]
    public void AdamIsAsNearAsAnotherNumberOfThreads()
    {
        float[] alone = Alone(Cases.Adam);
        double threads = Distance(alone, Alone(Cases.Adam with { Threads = 2 }));
        foreach (int processes in new[] { 2, 4 })
        {
            double distance = Distance(alone, trained.Weights("Adam", processes, 0));
            output.WriteLine(FormattableString.Invariant($"Adam, {processes} processes: {distance:G3}; 2 threads: {threads:G3}"));
            Assert.InRange(distance, 0, Math.Max(10 * threads, 1e-3)); // half the rate of one step: it divides by gradients that are nearly 0
        }
    }

    private static float[] Alone(TrainingOptions options)
    {
        using var model = ModelTrainer.Train(Cases.Images, options with { BatchSize = Cases.Batch });
        return Ranks.Weights(model);
    }

    private static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max();
}

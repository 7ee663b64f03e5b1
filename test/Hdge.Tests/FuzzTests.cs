using Hdge.Fuzz;

namespace Hdge.Tests;

/// <summary>Damaged files are refused with InvalidDataException, quickly and without much memory, or give what the undamaged file gives. <c>bench fuzz</c> tries more of them.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Mutations = 80, Seed = 1; // a share: 1,760 in all, and 240 in Hdge.MLNet.Tests

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void DamagedFilesAreRefusedOrGiveTheSame()
    {
        foreach (var (target, share) in CoreTargets.All(_folder))
        {
            var counts = FuzzCounts.Run(target, Mutations * share, Seed);
            Assert.True(counts.Bad.Count == 0, string.Join("\n", counts.Bad));
            Assert.Equal(counts.Mutations, counts.Refused + counts.Same);
            Assert.True(counts.Refused > counts.Mutations / 4, $"{target.Name}: only {counts.Refused} of {counts.Mutations} were refused: the damage is none.");
        }
    }
}

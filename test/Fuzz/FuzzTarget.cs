using System.Diagnostics;

namespace Hdge.Fuzz;

/// <summary>Something that reads files.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Mutate">A damaged file.</param>
/// <param name="Read">Reads a file as a user would, and answers what it gave, to be compared; throws where it refuses.</param>
/// <param name="Expected">Answers of undamaged files: the only ones that may be given. Null where the format cannot tell, or where the damage was signed.</param>
internal sealed record FuzzTarget(string Name, Func<Mutator, byte[]> Mutate, Func<byte[], string> Read, IReadOnlyCollection<string>? Expected);

/// <summary>What became of the files. All but the first three should be 0.</summary>
internal sealed record FuzzCounts(string Target)
{
    /// <summary>Free memory, so that small files need not be frugal: .NET's zip reader, a regular network's objects.</summary>
    private const long Free = 6 << 20;
    private const int LargestFactor = 4;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public int Mutations { get; private set; }
    public int Refused { get; private set; }
    public int Same { get; private set; }
    public int Lies { get; private set; }
    public int WrongExceptions { get; private set; }
    public int Slow { get; private set; }
    public int OverAllocated { get; private set; }

    /// <summary>One line each for the first bad ones.</summary>
    public List<string> Bad { get; } = [];

    /// <summary>Reads damaged files, one mutation a seed.</summary>
    /// <param name="target">What reads.</param>
    /// <param name="mutations">How many.</param>
    /// <param name="firstSeed">Seed of the first; the others follow.</param>
    public static FuzzCounts Run(FuzzTarget target, int mutations, int firstSeed)
    {
        var counts = new FuzzCounts(target.Name);
        for (int seed = firstSeed; seed < firstSeed + mutations; seed++)
            counts.Try(target, seed);
        return counts;
    }

    private void Try(FuzzTarget target, int seed)
    {
        byte[] file = target.Mutate(new Mutator(seed));
        Mutations++;
        long before = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();
        try
        {
            string answer = target.Read(file);
            if (target.Expected is null || target.Expected.Contains(answer))
                Same++;
            else
            {
                Lies++;
                Tell(seed, "another answer");
            }
        }
        catch (Exception error) when (Innermost(error) is InvalidDataException)
        {
            Refused++;
        }
        catch (Exception error)
        {
            WrongExceptions++;
            Tell(seed, error.ToString());
        }
        var took = Stopwatch.GetElapsedTime(started);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (took > s_patience)
        {
            Slow++;
            Tell(seed, $"{took.TotalSeconds:F1} s");
        }
        if (allocated > LargestFactor * (long)file.Length + Free)
        {
            OverAllocated++;
            Tell(seed, $"{allocated} bytes allocated for a file of {file.Length}");
        }
    }

    /// <summary>ML.NET calls loaders by reflection; what it wraps is what counts.</summary>
    private static Exception Innermost(Exception error)
    {
        while (error is System.Reflection.TargetInvocationException { InnerException: { } inner })
            error = inner;
        return error;
    }

    private void Tell(int seed, string what)
    {
        if (Bad.Count < 20)
            Bad.Add($"{Target}, seed {seed}: {what}");
    }
}

namespace Hdge.Data;

/// <summary>Derives independent seeds from one: the same numbers on every machine and in every process.</summary>
internal static class Seeds
{
    /// <summary>A non-negative seed for a use, and where it comes more than once for the <paramref name="number"/>-th time.</summary>
    public static int Mix(int seed, SeedStream stream, int number = 0) => Mix(seed, (int)stream, number);

    /// <summary>A non-negative seed for stream (<paramref name="first"/>, <paramref name="second"/>) of <paramref name="seed"/>.</summary>
    public static int Mix(int seed, int first, int second = 0)
    {
        ulong state = Scramble((uint)seed);
        state = Scramble(state ^ (uint)first);
        state = Scramble(state ^ (uint)second);
        return (int)(state >> 33);
    }

    /// <summary>SplitMix64's output function (Steele, Lea and Flood 2014).</summary>
    private static ulong Scramble(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}

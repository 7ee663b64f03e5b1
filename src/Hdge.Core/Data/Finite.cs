using System.Numerics;
using System.Runtime.InteropServices;

namespace Hdge.Data;

/// <summary>Whether a row holds only finite numbers.</summary>
internal static class Finite
{
    /// <summary>True where no value is NaN or an infinity; whole numbers never are.</summary>
    public static bool All<T>(ReadOnlySpan<T> values) where T : struct, INumber<T>
    {
        if (typeof(T) == typeof(byte))
            return true;
        // v − v is 0 for every finite v and NaN otherwise, and a NaN stays in a sum.
        ReadOnlySpan<Vector<T>> lanes = MemoryMarshal.Cast<T, Vector<T>>(values);
        Vector<T> sum = Vector<T>.Zero;
        foreach (Vector<T> lane in lanes)
            sum += lane - lane;

        T rest = Vector.Sum(sum);
        foreach (T value in values[(lanes.Length * Vector<T>.Count)..])
            rest += value - value;
        return rest == T.Zero;
    }
}

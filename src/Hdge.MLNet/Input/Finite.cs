using System.Numerics;
using System.Runtime.InteropServices;

namespace Hdge.MLNet.Input;

/// <summary>Whether a row of features holds only finite numbers.</summary>
internal static class Finite
{
    /// <summary>True where no value is NaN or an infinity.</summary>
    public static bool All(ReadOnlySpan<float> values)
    {
        // v − v is 0 for every finite v and NaN otherwise, and a NaN stays in a sum.
        ReadOnlySpan<Vector<float>> lanes = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> sum = Vector<float>.Zero;
        foreach (Vector<float> lane in lanes)
            sum += lane - lane;

        float rest = Vector.Sum(sum);
        foreach (float value in values[(lanes.Length * Vector<float>.Count)..])
            rest += value - value;
        return rest == 0;
    }
}

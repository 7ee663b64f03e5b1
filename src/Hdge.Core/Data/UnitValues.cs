namespace Hdge.Data;

/// <summary>Augmentation that clamps to 0..1 would lose values beyond without a word.</summary>
internal static class UnitValues
{
    private const float Tolerance = 1e-3f; // rounding of the scaling to 0..1

    /// <exception cref="ArgumentException">A floating-point value is outside 0..1; the message names <paramref name="option"/>.</exception>
    public static void Require(ImageSet images, string option)
    {
        float[] room = [];
        for (int i = 0; !images.IsBytes && i < images.Count; i++)
            foreach (float value in images.Singles(i, 1, ref room))
                if (value < -Tolerance || value > 1 + Tolerance)
                    throw new ArgumentException(FormattableString.Invariant($"Image {i} holds {value}; {option} needs values of 0..1 (see {nameof(PixelScaling)}.{nameof(PixelScaling.Scale)})."));
    }
}

using System.Globalization;

namespace Hdge.Data;

/// <summary>
/// The values that a model's training images had, before augmentation and noise, in units after <see cref="PixelScaling.Scale"/>: 0..1 for usual images and for bytes. It tells
/// input that was scaled otherwise, or is no image, which no score of the network's answer can be trusted to tell.
/// <para>
/// An image is out of range where a channel leaves the channel's range by more than half of its width (or half of its largest absolute value, if that is more), or where its contrast is
/// below a sixteenth of <see cref="Contrast"/>. Training images within −0.5..1.5 that use an eighth of 0..1 or more count as images of 0..1, so that any other images of 0..1 are in
/// range, −0.5..1.5 all told, and are left to the detection score.
/// </para>
/// <para>Features (<see cref="AreFeatures"/>) have a range each, which nothing widens but the half, and no contrast. One that was always 0 is out of range at any other value.</para>
/// </summary>
public sealed record PixelRange
{
    private const float Margin = 0.5f, UsualWidth = 0.125f, LeastContrastShare = 1 / 16f;
    private const string AsInTraining = "scale them as in training.";
    private const double LowShare = 0.001; // of the training images may be blank without the others' contrast being lost

    /// <summary>The lowest value of each channel.</summary>
    public required IReadOnlyList<float> Lowest { get; init; }

    /// <summary>The highest value of each channel.</summary>
    public required IReadOnlyList<float> Highest { get; init; }

    /// <summary>
    /// Contrast that all but 0.1 % of the training images have at least. An image's contrast is the difference of its highest and its lowest value in the channel where
    /// that is largest. 0 where more of them are blank: then blank images are in range.
    /// </summary>
    public required float Contrast { get; init; }

    /// <summary>Whether the values are features of no common scale, a channel each, and not pixels. Default false.</summary>
    public bool AreFeatures { get; init; }

    /// <summary>The range of some images.</summary>
    /// <param name="sets">Of one shape, with at least one image in all.</param>
    public static PixelRange Of(params IReadOnlyList<ImageSet> sets) => Of(areFeatures: false, sets);

    internal static PixelRange Of(bool areFeatures, params IReadOnlyList<ImageSet> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        int count = sets.Sum(set => set.Count);
        if (count == 0)
            throw new ArgumentException("A range needs at least one image, found none.", nameof(sets));
        int channels = sets[0].Shape.Channels;
        var (lowest, highest, contrasts) = (new float[channels], new float[channels], new float[count]);
        lowest.AsSpan().Fill(float.PositiveInfinity);
        highest.AsSpan().Fill(float.NegativeInfinity);
        int at = 0;
        var extents = new Extent[channels];
        foreach (var set in sets)
        {
            var reader = new Extent.Reader(set);
            for (int i = 0; i < set.Count; i++, at++)
            {
                reader.Read(i, extents);
                for (int c = 0; c < channels; c++)
                {
                    lowest[c] = Math.Min(lowest[c], extents[c].Low);
                    highest[c] = Math.Max(highest[c], extents[c].High);
                    contrasts[at] = Math.Max(contrasts[at], extents[c].Width);
                }
            }
        }
        Array.Sort(contrasts);
        return new() { Lowest = lowest, Highest = highest, Contrast = contrasts[(int)(LowShare * count)], AreFeatures = areFeatures };
    }

    /// <summary>Whether image <paramref name="index"/> of a set of the same shape is in range.</summary>
    public bool Admits(ImageSet images, int index)
    {
        ArgumentNullException.ThrowIfNull(images);
        var extents = new Extent[Lowest.Count];
        new Extent.Reader(images).Read(index, extents);
        float contrast = 0;
        for (int c = 0; c < extents.Length; c++)
        {
            if (!Admits(c, extents[c]))
                return false;
            contrast = Math.Max(contrast, extents[c].Width);
        }
        return AdmitsContrast(contrast);
    }

    /// <summary>For example <c>0..1, contrast 0.8</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Lowest.Min():G4}..{Highest.Max():G4}, contrast {Contrast:G4}");

    internal bool Admits(int channel, Extent extent)
    {
        var (low, high) = Widened(channel);
        return extent.Low >= low && extent.High <= high;
    }

    internal bool AdmitsContrast(float contrast) => contrast >= LeastContrast;

    /// <summary>The contrast below which an image is out of range.</summary>
    internal float LeastContrast => Contrast * LeastContrastShare;

    /// <summary>What is wrong with an image, as the end of a sentence that begins with its name; null where it is in range.</summary>
    /// <param name="extents">A channel each, in units after scaling.</param>
    /// <param name="scale">Divides them for the message, so that it speaks of the values as they were given.</param>
    internal string? Problem(ReadOnlySpan<Extent> extents, float scale)
    {
        float contrast = 0;
        for (int c = 0; c < extents.Length; c++)
        {
            var (found, trained) = (extents[c], new Extent(Lowest[c], Highest[c]));
            contrast = Math.Max(contrast, found.Width);
            if (Admits(c, found))
                continue;
            string where = AreFeatures ? $" in feature {c}" : extents.Length > 1 ? $" in channel {c}" : "";
            return $"holds values of {found.Times(1 / scale)}{where}, far outside the {trained.Times(1 / scale)} that the model was trained on: {(AreFeatures ? AsInTraining : Cause(found.Times(1 / scale), trained.Times(1 / scale)))}";
        }
        return AdmitsContrast(contrast) ? null : string.Create(CultureInfo.InvariantCulture,
            $"holds values that differ by {contrast / Math.Abs(scale):G4} at most, where those of training images differ by {Contrast / Math.Abs(scale):G4} or more: it is blank, or its values were divided by 255 once too often.");
    }

    /// <summary>What is wrong with an image, as <see cref="Problem(ReadOnlySpan{Extent}, float)"/>; null where a model has no range.</summary>
    /// <exception cref="ArgumentException">The length is not that of an image.</exception>
    internal static string? Problem<T>(PixelRange? range, ImageShape shape, ReadOnlySpan<T> pixels, float scale) where T : struct, System.Numerics.INumber<T>
    {
        if (pixels.Length != shape.Length)
            throw new ArgumentException($"An image of {shape} has {shape.Length} values, found {pixels.Length}.", nameof(pixels));
        int plane = shape.Height * shape.Width;
        var extents = new Extent[shape.Channels];
        for (int c = 0; c < extents.Length; c++)
            extents[c] = Extent.Of(pixels.Slice(c * plane, plane)).Times(scale);
        return range?.Problem(extents, scale);
    }

    private static string Cause(Extent found, Extent trained)
    {
        return found is { Low: >= 0, High: <= 255 } && trained.Largest <= 4
            ? "probably bytes of 0..255 given as floating-point values. Divide them by 255 or give them as bytes, or train with a Scale of 1/255 on such values."
            : AsInTraining;
    }

    /// <summary>What a channel's values must not leave.</summary>
    internal (float Low, float High) Widened(int channel)
    {
        float low = Lowest[channel], high = Highest[channel];
        if (!AreFeatures && IsUsual())
            (low, high) = (Math.Min(low, 0), Math.Max(high, 1));
        float margin = Margin * Math.Max(high - low, new Extent(low, high).Largest);
        return (low - margin, high + margin);
    }

    private bool IsUsual()
    {
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        for (int c = 0; c < Lowest.Count; c++)
            (low, high) = (Math.Min(low, Lowest[c]), Math.Max(high, Highest[c]));
        return low >= -Margin && high <= 1 + Margin && high - low >= UsualWidth;
    }

    /// <exception cref="InvalidDataException">A value from a file is out of range.</exception>
    internal void Validate(int channels)
    {
        if (Lowest?.Count != channels || Highest?.Count != channels || !(Contrast >= 0 && float.IsFinite(Contrast)))
            throw new InvalidDataException(FormattableString.Invariant($"The model's pixel range has {Lowest?.Count ?? 0} and {Highest?.Count ?? 0} values and the contrast {Contrast}, expected {channels} of each and a finite contrast of at least 0."));
        for (int c = 0; c < channels; c++)
            if (!(float.IsFinite(Lowest[c]) && float.IsFinite(Highest[c]) && Lowest[c] <= Highest[c]))
                throw new InvalidDataException(FormattableString.Invariant($"The model's pixel range is {Lowest[c]} to {Highest[c]} in channel {c}, expected finite ascending numbers."));
    }
}

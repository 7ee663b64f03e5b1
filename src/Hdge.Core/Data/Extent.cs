using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Hdge.Data;

/// <summary>The lowest and the highest of some values.</summary>
internal readonly record struct Extent(float Low, float High)
{
    public float Width => High - Low;

    /// <summary>Of no values.</summary>
    public static Extent None => new(float.PositiveInfinity, float.NegativeInfinity);

    /// <summary>The largest absolute value.</summary>
    public float Largest => Math.Max(Math.Abs(Low), Math.Abs(High));

    /// <summary>Of each channel of the images of a set, one after another, in units of 0..1: bytes count as value / 255.</summary>
    public sealed class Reader(ImageSet images)
    {
        private readonly int _plane = images.Shape.Height * images.Shape.Width;
        private byte[] _bytes = [];
        private float[] _singles = [];

        /// <summary>Fills <paramref name="into"/> with an extent a channel.</summary>
        public void Read(int index, Span<Extent> into)
        {
            if (images.IsBytes)
            {
                var bytes = images.Bytes(index, 1, ref _bytes);
                for (int c = 0; c < into.Length; c++)
                    into[c] = Of(bytes.Slice(c * _plane, _plane)).Times(1 / 255f);
                return;
            }
            var singles = images.Singles(index, 1, ref _singles);
            for (int c = 0; c < into.Length; c++)
                into[c] = Of(singles.Slice(c * _plane, _plane));
        }
    }

    /// <summary>Of at least one value.</summary>
    public static Extent Of<T>(ReadOnlySpan<T> values) where T : struct, INumber<T>
    {
        T low = values[0], high = values[0];
        var lanes = MemoryMarshal.Cast<T, Vector<T>>(values);
        if (lanes.Length > 0)
        {
            Vector<T> lows = lanes[0], highs = lanes[0];
            foreach (var lane in lanes)
                (lows, highs) = (Vector.Min(lows, lane), Vector.Max(highs, lane));
            for (int i = 0; i < Vector<T>.Count; i++)
                (low, high) = (T.Min(low, lows[i]), T.Max(high, highs[i]));
        }
        foreach (T value in values[(lanes.Length * Vector<T>.Count)..])
            (low, high) = (T.Min(low, value), T.Max(high, value));
        return new(float.CreateTruncating(low), float.CreateTruncating(high));
    }

    /// <summary>Of the values times a factor.</summary>
    public Extent Times(float factor) => factor >= 0 ? new(Low * factor, High * factor) : new(High * factor, Low * factor);

    /// <summary>Of these values and others.</summary>
    public Extent And(Extent other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>For example <c>0 to 1</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Low:G4} to {High:G4}");
}

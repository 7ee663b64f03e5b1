using System.Numerics;
using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>
/// Writes a batch of image values straight into a tensor's memory as network input, and looks in the same pass whether they are in a model's range; nothing is allocated on the
/// managed heap but the tensor's handle.
/// </summary>
internal sealed class InputWriter
{
    private readonly ImageShape _shape;
    private readonly Device _device;
    private readonly (float Multiplier, float Offset)[] _singles;
    private readonly (float Multiplier, float Offset)[] _unit;
    private readonly float[] _bytes; // [channel × 256 + value]; none for vectors
    private readonly (float Multiplier, float Offset)[] _featureBytes;
    private readonly float _scale;

    public InputWriter(ImageShape shape, PixelScaling scaling, Device device)
    {
        (_shape, _device, _scale) = (shape, device, scaling.Scale);
        var channels = Enumerable.Range(0, shape.Channels);
        _singles = [.. channels.Select(scaling.ForSingles)];
        _unit = [.. channels.Select(scaling.ForUnitSingles)];
        _featureBytes = shape.IsVector ? [.. channels.Select(scaling.ForBytes)] : [];
        _bytes = shape.IsVector ? [] : [.. channels.SelectMany(scaling.ByteValues)];
    }

    /// <summary>
    /// Network input [count, channels, height, width]; <paramref name="first"/> is the number of the first image for messages. Where <paramref name="range"/> is given,
    /// <paramref name="inRange"/> takes an answer an image.
    /// </summary>
    public Tensor FromSingles(ReadOnlySpan<float> pixels, int count, int first, PixelRange? range = null, Span<bool> inRange = default) =>
        FromSingles(pixels, count, first, _singles, new RangeCheck(range, _scale, inRange));

    /// <summary>As <see cref="FromSingles(ReadOnlySpan{float}, int, int, PixelRange?, Span{bool})"/>, for values already in 0..1.</summary>
    public Tensor FromUnitSingles(ReadOnlySpan<float> pixels, int count, int first, PixelRange? range = null, Span<bool> inRange = default) =>
        FromSingles(pixels, count, first, _unit, new RangeCheck(range, 1, inRange));

    /// <summary>Network input [count, channels, height, width] from bytes.</summary>
    public Tensor FromBytes(ReadOnlySpan<byte> pixels, int count, PixelRange? range = null, Span<bool> inRange = default)
    {
        var input = Empty(count);
        var target = TensorMemory.Span<float>(input);
        var check = new RangeCheck(range, 1 / 255f, inRange);
        if (_shape.IsVector)
        {
            WriteVectors(pixels, target, _featureBytes, check);
            return ToDevice(input);
        }
        int plane = _shape.Height * _shape.Width;
        for (int at = 0, channel = 0; at < target.Length; at += plane, channel = channel + 1 == _shape.Channels ? 0 : channel + 1)
        {
            var values = _bytes.AsSpan(channel * 256, 256);
            for (int i = at; i < at + plane; i++)
                target[i] = values[pixels[i]];
            if (check.Wanted)
                check.Add(channel, Extent.Of(pixels.Slice(at, plane)));
        }
        return ToDevice(input);
    }

    private Tensor FromSingles(ReadOnlySpan<float> pixels, int count, int first, (float Multiplier, float Offset)[] affine, RangeCheck check)
    {
        var input = Empty(count);
        var target = TensorMemory.Span<float>(input);
        if (_shape.IsVector)
        {
            if (WriteVectors(pixels, target, affine, check) is >= 0 and var wrong)
                throw NotFinite(input, first + wrong, nameof(pixels));
            return ToDevice(input);
        }
        int plane = _shape.Height * _shape.Width;
        for (int at = 0, channel = 0; at < target.Length; at += plane, channel = channel + 1 == _shape.Channels ? 0 : channel + 1)
        {
            if (!WritePlane(pixels.Slice(at, plane), target.Slice(at, plane), affine[channel], out var extent))
                throw NotFinite(input, first + at / _shape.Length, nameof(pixels));
            if (check.Wanted)
                check.Add(channel, extent);
        }
        return ToDevice(input);
    }

    private static ArgumentException NotFinite(Tensor input, int image, string paramName)
    {
        input.Dispose();
        return new ArgumentException($"Image {image} holds a value that is not finite, expected finite values.", paramName);
    }

    /// <summary>Writes images whose channels are single values; answers the first of them with a value that is not finite, or −1.</summary>
    private static int WriteVectors<T>(ReadOnlySpan<T> source, Span<float> target, ReadOnlySpan<(float Multiplier, float Offset)> affine, RangeCheck check) where T : struct, INumber<T>
    {
        for (int at = 0, channel = 0; at < target.Length; at++, channel = channel + 1 == affine.Length ? 0 : channel + 1)
        {
            float value = float.CreateTruncating(source[at]);
            if (!float.IsFinite(value))
                return at / affine.Length;
            target[at] = value * affine[channel].Multiplier + affine[channel].Offset;
            if (check.Wanted)
                check.Add(channel, new(value, value));
        }
        return -1;
    }

    /// <summary>False when a value is not finite: 0 times such a value is NaN, so one sum tells of all.</summary>
    private static bool WritePlane(ReadOnlySpan<float> source, Span<float> target, (float Multiplier, float Offset) affine, out Extent extent)
    {
        var check = Vector<float>.Zero;
        var (lows, highs) = (new Vector<float>(source[0]), new Vector<float>(source[0]));
        int i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(source[i..]);
            check += value * 0f;
            (lows, highs) = (Vector.Min(lows, value), Vector.Max(highs, value));
            (value * affine.Multiplier + new Vector<float>(affine.Offset)).CopyTo(target[i..]);
        }
        float rest = Vector.Sum(check), low = source[0], high = source[0];
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            (low, high) = (Math.Min(low, lows[lane]), Math.Max(high, highs[lane]));
        for (; i < source.Length; i++)
        {
            rest += source[i] * 0f;
            (low, high) = (Math.Min(low, source[i]), Math.Max(high, source[i]));
            target[i] = source[i] * affine.Multiplier + affine.Offset;
        }
        extent = new(low, high);
        return rest == 0;
    }

    private Tensor Empty(int count) => empty(count, _shape.Channels, _shape.Height, _shape.Width, dtype: float32);

    private Tensor ToDevice(Tensor host)
    {
        if (_device.type == DeviceType.CPU)
            return host;
        using (host)
            return host.to(_device);
    }
}

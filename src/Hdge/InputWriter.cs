using System.Numerics;
using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>Writes a batch of image values straight into a tensor's memory as network input; nothing is allocated on the managed heap but the tensor's handle.</summary>
internal sealed class InputWriter
{
    private readonly ImageShape _shape;
    private readonly Device _device;
    private readonly (float Multiplier, float Offset)[] _singles;
    private readonly (float Multiplier, float Offset)[] _unit;
    private readonly float[] _bytes; // [channel × 256 + value]

    public InputWriter(ImageShape shape, PixelScaling scaling, Device device)
    {
        (_shape, _device) = (shape, device);
        var channels = Enumerable.Range(0, shape.Channels);
        _singles = [.. channels.Select(scaling.ForSingles)];
        _unit = [.. channels.Select(scaling.ForUnitSingles)];
        _bytes = [.. channels.SelectMany(scaling.ByteValues)];
    }

    /// <summary>Network input [count, channels, height, width]; <paramref name="first"/> is the number of the first image for messages.</summary>
    public Tensor FromSingles(ReadOnlySpan<float> pixels, int count, int first) => FromSingles(pixels, count, first, _singles);

    /// <summary>As <see cref="FromSingles(ReadOnlySpan{float}, int, int)"/>, for values already in 0..1.</summary>
    public Tensor FromUnitSingles(ReadOnlySpan<float> pixels, int count, int first) => FromSingles(pixels, count, first, _unit);

    /// <summary>Network input [count, channels, height, width] from bytes.</summary>
    public Tensor FromBytes(ReadOnlySpan<byte> pixels, int count)
    {
        var input = Empty(count);
        var target = TensorMemory.Span<float>(input);
        int plane = _shape.Height * _shape.Width;
        for (int at = 0, channel = 0; at < target.Length; at += plane, channel = channel + 1 == _shape.Channels ? 0 : channel + 1)
        {
            var values = _bytes.AsSpan(channel * 256, 256);
            for (int i = at; i < at + plane; i++)
                target[i] = values[pixels[i]];
        }
        return ToDevice(input);
    }

    private Tensor FromSingles(ReadOnlySpan<float> pixels, int count, int first, (float Multiplier, float Offset)[] affine)
    {
        var input = Empty(count);
        var target = TensorMemory.Span<float>(input);
        int plane = _shape.Height * _shape.Width;
        for (int at = 0, channel = 0; at < target.Length; at += plane, channel = channel + 1 == _shape.Channels ? 0 : channel + 1)
            if (!WritePlane(pixels.Slice(at, plane), target.Slice(at, plane), affine[channel]))
            {
                input.Dispose();
                throw new ArgumentException($"Image {first + at / _shape.Length} holds a value that is not finite, expected finite values.", nameof(pixels));
            }
        return ToDevice(input);
    }

    /// <summary>False when a value is not finite: 0 times such a value is NaN, so one sum tells of all.</summary>
    private static bool WritePlane(ReadOnlySpan<float> source, Span<float> target, (float Multiplier, float Offset) affine)
    {
        var check = Vector<float>.Zero;
        int i = 0;
        for (; i <= source.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var value = new Vector<float>(source[i..]);
            check += value * 0f;
            (value * affine.Multiplier + new Vector<float>(affine.Offset)).CopyTo(target[i..]);
        }
        float rest = Vector.Sum(check);
        for (; i < source.Length; i++)
        {
            rest += source[i] * 0f;
            target[i] = source[i] * affine.Multiplier + affine.Offset;
        }
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

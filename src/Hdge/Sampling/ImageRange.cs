using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Sampling;

/// <summary>The range of images in network-input units, a channel each: what a <see cref="PixelScaling"/> makes of 0..1.</summary>
internal sealed class ImageRange : IDisposable
{
    private readonly ImageShape _shape;
    private readonly (float Multiplier, float Offset)[] _scaling;
    private readonly Tensor _low, _width, _high; // [1, channels, 1, 1]

    /// <summary>The range of images of <paramref name="shape"/>.</summary>
    /// <exception cref="ArgumentException">The scaling does not fit the channels.</exception>
    public ImageRange(PixelScaling scaling, ImageShape shape, Device device)
    {
        ArgumentNullException.ThrowIfNull(scaling);
        scaling.Validate(shape.Channels);
        _shape = shape;
        _scaling = [.. Enumerable.Range(0, shape.Channels).Select(scaling.ForUnitSingles)];
        _low = Channels(s => s.Offset);
        _width = Channels(s => s.Multiplier);
        _high = Channels(s => s.Offset + s.Multiplier);

        Tensor Channels(Func<(float Multiplier, float Offset), float> value)
        {
            using var host = tensor(_scaling.Select(value).ToArray(), [1, shape.Channels, 1, 1], dtype: float32);
            return host.to(device, copy: true).DetachFromDisposeScope();
        }
    }

    /// <summary>Images drawn uniformly from the range (U(−1, 1) with the default scaling), shape [count, channels, height, width].</summary>
    public Tensor Uniform(long count, Generator generator)
    {
        using var scope = NewDisposeScope();
        return empty([count, _shape.Channels, _shape.Height, _shape.Width], dtype: float32, device: _low.device).FillUniform(0, 1, generator).mul_(_width).AddInPlace(_low).MoveToOuterDisposeScope();
    }

    /// <summary>Moves values outside the range to its nearer end, in place. NaN stays.</summary>
    public void Clamp(Tensor images) => images.clamp_(_low, _high);

    /// <summary>The images as bytes 0..255, rounded, values outside the range moved to its ends.</summary>
    internal void ToBytes(Tensor images, Span<byte> into)
    {
        using var host = images.detach().cpu().contiguous();
        var values = TensorMemory.Span<float>(host);
        int plane = _shape.Height * _shape.Width;
        for (int i = 0; i < values.Length; i++)
        {
            var (multiplier, offset) = _scaling[i / plane % _shape.Channels];
            into[i] = (byte)MathF.Round(255 * Math.Clamp((values[i] - offset) / multiplier, 0, 1));
        }
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        _low.Dispose();
        _width.Dispose();
        _high.Dispose();
    }
}

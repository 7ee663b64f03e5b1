using Hdge.Data;
using Hdge.Networks;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>How long images are as PNG files: an upper bound of what has to be said of each of them without a model (Serrà et al. 2020, section 4).</summary>
internal static class ImageComplexity
{
    /// <summary>Bits of each image.</summary>
    /// <param name="colors">[N, D], numbers of colours in raster order.</param>
    /// <param name="network">Has the colours.</param>
    public static double[] Of(ReadOnlySpan<long> colors, PixelTransformer network)
    {
        byte[] palette = PaletteBytes(network);
        int pixels = network.Pixels, channels = network.InputShape.Channels;
        var image = new byte[channels * pixels];
        var bits = new double[colors.Length / pixels];
        for (int i = 0; i < bits.Length; i++)
        {
            Paint(colors.Slice(i * pixels, pixels), palette, channels, image);
            bits[i] = 8.0 * Png.Encode(image, channels, network.Height, network.Columns).Length;
        }
        return bits;
    }

    /// <summary>The palette as bytes, K × C.</summary>
    public static byte[] PaletteBytes(PixelTransformer network)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        return [.. network.Colors.Palette.to(float64).data<double>().ToArray().Select(value => (byte)Math.Round(255 * Math.Clamp(value, 0, 1)))];
    }

    /// <summary>An image's colours as bytes, channel first.</summary>
    public static void Paint(ReadOnlySpan<long> colors, ReadOnlySpan<byte> palette, int channels, Span<byte> into)
    {
        for (int c = 0; c < channels; c++)
            for (int k = 0; k < colors.Length; k++)
                into[c * colors.Length + k] = palette[(int)colors[k] * channels + c];
    }
}

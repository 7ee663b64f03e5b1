using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Network input as colours of a palette.</summary>
internal static class PixelTokens
{
    private const long LargestDistances = 1 << 24; // pixel × colour distances at a time

    /// <summary>
    /// The number of the nearest colour of each pixel [N, H/r · W/r], 64-bit integers in raster order, of the means over squares of side r. Values are rounded to
    /// 1/<see cref="ReducedPixels.Levels"/> as where the palette was fitted, so that bytes and the same as floating-point values give the same.
    /// </summary>
    /// <param name="input">Network input [N, C, H, W] = value · <paramref name="scale"/> + <paramref name="shift"/>.</param>
    /// <param name="scale">[C].</param>
    /// <param name="shift">[C].</param>
    /// <param name="palette">[K, C] in 0..1.</param>
    /// <param name="reduction">r, a divisor of H and W.</param>
    public static Tensor Of(Tensor input, Tensor scale, Tensor shift, Tensor palette, int reduction)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        long count = input.shape[0], channels = input.shape[1], height = input.shape[2] / reduction, width = input.shape[3] / reduction;
        var values = (input.detach() - shift.view(1, -1, 1, 1)) / scale.view(1, -1, 1, 1);
        if (reduction > 1)
            values = values.view(count, channels, height, reduction, width, reduction).mean([3L, 5L]);
        var pixels = values.permute(0, 2, 3, 1).reshape(-1, channels).Times(ReducedPixels.Levels).round();
        return Nearest(pixels, palette.Times(ReducedPixels.Levels)).view(count, height * width).MoveToOuterDisposeScope();
    }

    /// <summary>The nearest colour of each pixel [P], the first of equally near ones.</summary>
    /// <param name="pixels">[P, C].</param>
    /// <param name="palette">[K, C].</param>
    public static Tensor Nearest(Tensor pixels, Tensor palette)
    {
        using var scope = NewDisposeScope();
        long part = Math.Max(1, LargestDistances / palette.shape[0]);
        var nearest = new List<Tensor>();
        for (long at = 0; at < pixels.shape[0]; at += part)
        {
            using var inner = NewDisposeScope();
            var some = pixels.narrow(0, at, Math.Min(part, pixels.shape[0] - at));
            Tensor? distances = null;
            for (long c = 0; c < palette.shape[1]; c++)
            {
                var squared = (some.narrow(1, c, 1) - palette.narrow(1, c, 1).t()).Squared();
                distances = distances is null ? squared : distances.AddInPlace(squared);
            }
            nearest.Add(distances!.argmin(1).MoveToOuterDisposeScope());
        }
        return cat(nearest, 0).MoveToOuterDisposeScope();
    }
}

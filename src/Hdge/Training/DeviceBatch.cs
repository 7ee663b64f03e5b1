using System.Runtime.InteropServices;
using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Puts a prepared batch on the device.</summary>
internal static class DeviceBatch
{
    /// <summary>Images [N, channels, height, width] and labels [N]; they belong to the current dispose scope.</summary>
    public static (Tensor Images, Tensor Labels) Of(PixelBatch batch, ImageShape shape, Device device)
    {
        var images = empty(batch.Count, shape.Channels, shape.Height, shape.Width);
        MemoryMarshal.AsBytes(batch.Pixels).CopyTo(images.bytes);
        var labels = empty(batch.Count, dtype: int64);
        MemoryMarshal.AsBytes(batch.Labels).CopyTo(labels.bytes);
        return (images.to(device), labels.to(device));
    }

    /// <summary>Adds Gaussian noise to images on whatever device they are; the seed decides it.</summary>
    public static void AddNoise(Tensor images, double deviation, ulong seed)
    {
        if (deviation <= 0)
            return;
        using var generator = new Generator(seed, images.device);
        using var noise = empty_like(images).normal_(0, deviation, generator);
        images.add_(noise);
    }
}

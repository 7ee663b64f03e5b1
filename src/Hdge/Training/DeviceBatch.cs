using System.Runtime.InteropServices;
using Hdge.Data;
using Hdge.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Puts a prepared batch on the device.</summary>
internal static class DeviceBatch
{
    /// <summary>Images [N, channels, height, width] and their targets [N]; with two views [2N, …] and [2N], the second views after the first. They belong to the current dispose scope.</summary>
    public static (Tensor Images, StepTargets Targets) Of(PixelBatch batch, ImageShape shape, Device device, double labelSmoothing = 0)
    {
        var first = MemoryMarshal.AsBytes(batch.Pixels);
        var second = MemoryMarshal.AsBytes(batch.SecondPixels);
        var classes = MemoryMarshal.AsBytes(batch.Labels);
        int views = second.IsEmpty ? 1 : 2;
        var images = empty(views * batch.Count, shape.Channels, shape.Height, shape.Width, dtype: float32);
        first.CopyTo(images.bytes);
        second.CopyTo(images.bytes[first.Length..]);
        var labels = empty(views * batch.Count, dtype: int64);
        for (int view = 0; view < views; view++)
            classes.CopyTo(labels.bytes[(view * classes.Length)..]);
        return (images.to(device), new StepTargets(labels.to(device))
        {
            OtherLabels = batch.IsMixed ? OnDevice<long>(batch.OtherLabels, int64, device) : null,
            Shares = batch.IsMixed ? OnDevice<float>(batch.Shares, float32, device) : null,
            Weights = batch.Weights.IsEmpty ? null : OnDevice<float>(batch.Weights, float32, device),
            LabelSmoothing = labelSmoothing,
        });
    }

    private static Tensor OnDevice<T>(ReadOnlySpan<T> values, ScalarType type, Device device) where T : unmanaged
    {
        var host = empty(values.Length, dtype: type);
        MemoryMarshal.AsBytes(values).CopyTo(host.bytes);
        return host.to(device);
    }

    /// <summary>Adds Gaussian noise to images on whatever device they are; the seed decides it.</summary>
    public static void AddNoise(Tensor images, double deviation, ulong seed)
    {
        if (deviation <= 0)
            return;
        using var generator = new Generator(seed);
        using var noise = empty_like(images).FillNormal(0, deviation, generator);
        images.AddInPlace(noise);
    }
}

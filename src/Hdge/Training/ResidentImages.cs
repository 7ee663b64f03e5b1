using Hdge.Data;
using Hdge.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// A set's images on the device as bytes, and what becomes of them there: a batch comes as the images' places and what is to be done to them (68 numbers an image of 32×32), not as pixels. The same seed
/// gives the same network input as the processor.
/// </summary>
internal sealed class ResidentImages : IDisposable
{
    private const double LargestShare = 0.25; // of the GPU's memory

    private readonly ImageShape _shape;
    private readonly int _cutout;
    private readonly Device _device;
    private readonly Tensor _bytes, _labels, _multiplier, _offset, _channels, _ys, _xs;

    public ResidentImages(ImageSet images, PixelScaling scaling, AugmentationOptions augmentation, Device device)
    {
        (_shape, _cutout, _device) = (images.Shape, augmentation.Cutout, device);
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var host = empty(images.Count * (long)_shape.Length, dtype: uint8);
        const int Chunk = 1 << 14; // a span of more than 2 GiB there is not
        int at = 0;
        byte[] buffer = [];
        for (; at < images.Count; at += Chunk)
        {
            int count = Math.Min(Chunk, images.Count - at);
            using var part = host.narrow(0, at * (long)_shape.Length, count * (long)_shape.Length);
            images.Bytes(at, count, ref buffer).CopyTo(part.bytes);
        }
        _bytes = Own(host);
        _labels = Own(tensor(images.Labels.ToArray(), dtype: int64));
        var affine = Enumerable.Range(0, _shape.Channels).Select(scaling.ForBytes).ToList();
        _multiplier = Own(tensor(affine.Select(a => a.Multiplier).ToArray()).view(1, -1, 1, 1));
        _offset = Own(tensor(affine.Select(a => a.Offset).ToArray()).view(1, -1, 1, 1));
        _channels = Own(Counted(_shape.Channels, (long)_shape.Height * _shape.Width).view(1, -1, 1, 1));
        _ys = Own(Counted(_shape.Height).view(1, -1));
        _xs = Own(Counted(_shape.Width).view(1, -1));

        static Tensor Counted(int count, long step = 1) => tensor(Enumerable.Range(0, count).Select(i => i * step).ToArray(), dtype: int64);

        Tensor Own(Tensor made) => made.to(device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>Whether training keeps a set on the device: bytes, on a GPU, in at most a quarter of its memory, with an augmentation that is told by numbers.</summary>
    public static bool Fit(ImageSet images, AugmentationOptions augmentation, Device device) =>
        device.type == DeviceType.CUDA && BatchLoader.CanLeaveOutPixels(images, augmentation)
        && images.Count * (long)images.Shape.Length < LargestShare * (CudaDriver.TotalMemory(Math.Max(0, device.index)) ?? 0);

    /// <summary>Images [views × N, channels, height, width] and the targets of [views × N]; they belong to the current dispose scope.</summary>
    public (Tensor Images, StepTargets Targets) Batch(PixelBatch batch, double labelSmoothing)
    {
        using var scope = NewDisposeScope();
        var views = batch.Changes.Select(changes => View(batch.Indices, changes.AsSpan(0, batch.Count))).ToArray();
        var (images, labels) = views.Length == 1 ? views[0] : (cat([.. views.Select(v => v.Images)]), cat([.. views.Select(v => v.Labels)]));
        return (images.MoveToOuterDisposeScope(), new StepTargets(labels.MoveToOuterDisposeScope()) { LabelSmoothing = labelSmoothing });
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { _bytes, _labels, _multiplier, _offset, _channels, _ys, _xs })
            tensor.Dispose();
    }

    private (Tensor Images, Tensor Labels) View(ReadOnlySpan<int> indices, ReadOnlySpan<ImageChange> changes)
    {
        var (height, width) = (_shape.Height, _shape.Width);
        const int Head = 4; // place, its first byte, corner of the square; then row offsets and columns
        int fields = Head + height + width;
        var host = empty(indices.Length, fields, dtype: int64);
        var told = TensorMemory.Span<long>(host);
        for (int i = 0; i < indices.Length; i++)
        {
            var row = told.Slice(i * fields, fields);
            var change = changes[i];
            (row[0], row[1], row[2], row[3]) = (indices[i], indices[i] * (long)_shape.Length, change.CutTop, change.CutLeft);
            for (int y = 0; y < height; y++)
                row[Head + y] = change.Row(y, height) * (long)width;
            for (int x = 0; x < width; x++)
                row[Head + height + x] = change.Column(x, width);
        }
        // From pinned memory the copy waits for nothing, and nothing waits for it.
        var plan = _device.type == DeviceType.CUDA ? host.pin_memory().to(_device, non_blocking: true) : host;
        var from = Part(1, 1).view(-1, 1, 1, 1).Plus(_channels).Plus(Part(Head, height).view(-1, 1, height, 1)).Plus(Part(Head + height, width).view(-1, 1, 1, width));
        var images = (_bytes.take(from).to(float32) * _multiplier).AddInPlace(_offset);
        if (_cutout > 0)
        {
            var rows = Within(_ys, Part(2, 1)).view(-1, 1, height, 1);
            var columns = Within(_xs, Part(3, 1)).view(-1, 1, 1, width);
            images = images.Masked(rows.logical_and(columns), 0);
        }
        return (images, _labels.index_select(0, Part(0, 1).view(-1)));

        Tensor Part(long first, long length) => plan.narrow(1, first, length).contiguous();
    }

    private Tensor Within(Tensor places, Tensor first)
    {
        var past = places - first;
        return past.Above(-1).logical_and(past.Above(_cutout - 1).logical_not());
    }
}

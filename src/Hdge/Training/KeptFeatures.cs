using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>Features of images that have passed a network whose layers before the last no longer change: vectors of its feature length, in the order of the images.</summary>
/// <param name="device">Where they are used.</param>
internal sealed class KeptFeatures(Device device)
{
    private readonly Dictionary<ImageSet, ImageSet> _features = new(ReferenceEqualityComparer.Instance);

    /// <summary>The features of a set as a set; null where they are not kept.</summary>
    public ImageSet? Of(ImageSet images) => _features.GetValueOrDefault(images);

    /// <summary>Keeps the features of a part of a set, drawn by its indices, where those of the whole are kept.</summary>
    public void KeepPart(ImageSet part, ImageSet whole, ReadOnlySpan<int> indices)
    {
        if (Of(whole) is { } features)
            _features[part] = features.Subset(indices);
    }

    /// <summary>Features [count, F] of images from <paramref name="at"/> on, on the device; null where they are not kept.</summary>
    public Tensor? Rows(ImageSet images, int at, int count)
    {
        if (Of(images) is not { } features)
            return null;
        var rows = empty(count, features.Shape.Length, dtype: float32);
        features.Singles(at, count).CopyTo(TensorMemory.Span<float>(rows));
        if (device.type == DeviceType.CPU)
            return rows;
        using (rows)
            return rows.to(device);
    }

    /// <summary>Passes a set through the network, and keeps what comes out.</summary>
    /// <param name="model">Its network is in evaluation mode.</param>
    /// <param name="images">The set.</param>
    /// <param name="passed">Told the number of images after each batch.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="ArgumentException">A feature is not finite.</exception>
    public void Pass(HdgeModel model, ImageSet images, Action<int> passed, CancellationToken cancellationToken)
    {
        var shape = ImageShape.Vector(model.Network.FeatureLength);
        var values = new float[(long)images.Count * shape.Length];
        model.PassFeatures(images, (features, at) =>
        {
            TensorMemory.Span<float>(features.cpu().contiguous()).CopyTo(values.AsSpan(at * shape.Length));
            passed((int)features.shape[0]);
        }, cancellationToken);
        var features = ImageSet.FromSingles(shape, values, images.Labels.ToArray(), images.ClassCount);
        _features[images] = images.Weights.IsEmpty ? features : features.WithWeights(images.Weights.ToArray());
    }
}

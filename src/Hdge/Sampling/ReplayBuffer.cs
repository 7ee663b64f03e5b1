using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Sampling;

/// <summary>
/// Images that SGLD chains go on from (persistent contrastive divergence, Tieleman 2008; Du and Mordatch 2019), as in the published JEM code: it begins with
/// uniform random images; a batch is drawn with replacement, some of it replaced by fresh random images, and goes back to where it came from. Kept in the
/// processor's memory, in network-input units. Class-conditional, each class has its own equal part.
/// </summary>
internal sealed class ReplayBuffer : IDisposable
{
    private readonly ImageShape _shape;
    private readonly ImageRange _range;
    private readonly Device _device;
    private readonly double _reinitProbability;
    private readonly int _partSize, _parts;
    private readonly Tensor _images; // [size, channels, height, width]

    /// <summary>A buffer of uniform random images.</summary>
    /// <param name="options">Size and parts.</param>
    /// <param name="shape">Shape of the images.</param>
    /// <param name="scaling">Says the images' range in network-input units.</param>
    /// <param name="device">Where drawn images go.</param>
    /// <param name="seed">Seed of the first images.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range, or the images take 2^31 bytes or more.</exception>
    public ReplayBuffer(ReplayBufferOptions options, ImageShape shape, PixelScaling scaling, Device device, int seed)
    {
        var (size, reinitProbability, classCount) = options;
        Argument.Require(classCount is null or >= 1, classCount ?? 0, "at least 1", nameof(classCount));
        Argument.Require(size >= (classCount ?? 1), size, $"at least {classCount ?? 1}", nameof(size));
        Argument.Require(reinitProbability >= 0 && reinitProbability <= 1, reinitProbability, "in [0, 1]", nameof(reinitProbability));
        long bytes = (long)size * shape.Length * sizeof(float);
        Argument.Require(bytes <= int.MaxValue, size, $"at most {int.MaxValue / sizeof(float) / shape.Length} images of {shape}: a buffer takes less than 2 GiB", nameof(size));
        (_shape, _device, _reinitProbability, _parts, _partSize) = (shape, device, reinitProbability, classCount ?? 1, size / (classCount ?? 1));
        using var generator = new Generator((ulong)seed);
        _range = new ImageRange(scaling, shape, CPU);
        _images = _range.Uniform(size, generator).DetachFromDisposeScope();
    }

    /// <summary>Images it holds.</summary>
    public int Size => (int)_images.shape[0];

    /// <summary>Images to start chains from, on the device; the same seed and content draw the same.</summary>
    /// <param name="count">Images to draw, where <paramref name="classes"/> is null.</param>
    /// <param name="classes">Classes of the images to draw; null where the buffer has none.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>Images [count, channels, height, width], and where in the buffer each came from.</returns>
    public (Tensor Images, int[] Places) Draw(int count, ReadOnlySpan<long> classes, int seed)
    {
        if (_parts > 1 && classes.Length != count)
            throw new ArgumentException($"A class-conditional draw of {count} images got {classes.Length} classes.", nameof(classes));
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        using var generator = new Generator((ulong)Seeds.Mix(seed, SeedStream.FreshNoise));
        var drawn = _range.Uniform(count, generator);
        var source = TensorMemory.Span<float>(_images);
        var target = TensorMemory.Span<float>(drawn);
        var places = new int[count];
        for (int i = 0; i < count; i++)
        {
            places[i] = (_parts > 1 ? (int)classes[i] * _partSize : 0) + random.Next(_partSize);
            if (random.NextDouble() >= _reinitProbability)
                source.Slice(places[i] * _shape.Length, _shape.Length).CopyTo(target.Slice(i * _shape.Length));
        }
        return (drawn.to(_device).MoveToOuterDisposeScope(), places);
    }

    /// <summary>Puts images back; of several with the same place the last stays.</summary>
    public void Store(Tensor images, ReadOnlySpan<int> places)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        var source = TensorMemory.Span<float>(images.detach().cpu().contiguous());
        var target = TensorMemory.Span<float>(_images);
        if (source.Length != (long)places.Length * _shape.Length)
            throw new ArgumentException($"{places.Length} places need images of {(long)places.Length * _shape.Length} values, found {source.Length}.", nameof(images));
        for (int i = 0; i < places.Length; i++)
            source.Slice(i * _shape.Length, _shape.Length).CopyTo(target.Slice(places[i] * _shape.Length));
    }

    /// <summary>The images, shape [size, channels, height, width]: the buffer's own memory.</summary>
    internal Tensor Images => _images;

    /// <summary>Takes over saved images.</summary>
    /// <exception cref="InvalidDataException">They have another shape.</exception>
    internal void Restore(Tensor images)
    {
        if (images.dtype != _images.dtype || !images.shape.AsSpan().SequenceEqual(_images.shape))
            throw new InvalidDataException($"The saved replay buffer is {images.dtype} [{string.Join(", ", images.shape)}], expected {_images.dtype} [{string.Join(", ", _images.shape)}].");
        using var off = no_grad();
        _images.copy_(images);
    }

    /// <summary>Releases the images.</summary>
    public void Dispose()
    {
        _images.Dispose();
        _range.Dispose();
    }
}

using System.Numerics;

namespace Hdge.Data;

/// <summary>
/// Makes strongly augmented views: random resized crop with bilinear interpolation (pixel centres at ½, as image libraries have it), flip, colour
/// jitter, greyscale, RandAugment where it is wanted, scaling. Works in the batch's own memory: nothing is allocated an image.
/// </summary>
internal sealed class ViewAugmenter : IBatchAugmenter
{
    private readonly ImageSet _images;
    private readonly ViewAugmentationOptions _options;
    private readonly ColorJitter _jitter;
    private readonly (float Multiplier, float Offset)[] _affine;
    private readonly (int Left, int Right, float Weight)[] _columns;
    private byte[] _bytes = []; // room for an image that must be read first
    private float[] _singles = [];
    private readonly LevelChanges? _changes;

    public ViewAugmenter(ImageSet images, PixelScaling scaling, ViewAugmentationOptions options, RandAugmentOptions? changes = null)
    {
        var shape = images.Shape;
        scaling.Validate(shape.Channels);
        options.Validate();
        UnitValues.Require(images, nameof(AugmentationOptions.Views));
        (_images, _options) = (images, options);
        if (changes is not null)
            (_changes, scaling) = (new LevelChanges(shape, scaling, changes), LevelChanges.Unit);
        _jitter = new ColorJitter(options, shape.Channels == 3);
        _affine = [.. Enumerable.Range(0, shape.Channels).Select(scaling.ForUnitSingles)];
        _columns = new (int, int, float)[shape.Width];
    }

    public void Fill(Span<float> into, ReadOnlySpan<int> indices, int epoch, Random random)
    {
        var shape = _images.Shape;
        int plane = shape.Height * shape.Width;
        for (int i = 0; i < indices.Length; i++)
        {
            var view = into.Slice(i * shape.Length, shape.Length);
            var window = CropWindow.Draw(shape, _options, random);
            bool flip = _options.HorizontalFlip && random.Next(2) == 1;
            for (int x = 0; x < shape.Width; x++)
                _columns[flip ? shape.Width - 1 - x : x] = Neighbours(x, shape.Width, window.Left, window.Width);
            if (_images.IsBytes)
                Resample(_images.Bytes(indices[i], 1, ref _bytes), 1 / 255f, window, view);
            else
                Resample(_images.Singles(indices[i], 1, ref _singles), 1f, window, view);
            _jitter.Apply(view, random);
            for (int c = 0; c < shape.Channels; c++)
                foreach (ref float value in view.Slice(c * plane, plane))
                    value = value * _affine[c].Multiplier + _affine[c].Offset;
            _changes?.Apply(view, random);
        }
    }

    private void Resample<T>(ReadOnlySpan<T> image, float unit, CropWindow window, Span<float> view) where T : unmanaged, INumberBase<T>
    {
        var shape = _images.Shape;
        int at = 0;
        for (int c = 0; c < shape.Channels; c++)
            for (int y = 0; y < shape.Height; y++)
            {
                var (top, bottom, down) = Neighbours(y, shape.Height, window.Top, window.Height);
                var upper = image.Slice((c * shape.Height + top) * shape.Width, shape.Width);
                var lower = image.Slice((c * shape.Height + bottom) * shape.Width, shape.Width);
                foreach (var (left, right, weight) in _columns)
                {
                    float above = Mix(upper[left], upper[right], weight), below = Mix(lower[left], lower[right], weight);
                    view[at++] = (above + (below - above) * down) * unit;
                }
            }

        static float Mix(T a, T b, float weight)
        {
            float from = float.CreateTruncating(a);
            return from + (float.CreateTruncating(b) - from) * weight;
        }
    }

    /// <summary>The two source pixels around pixel <paramref name="at"/> of <paramref name="size"/>, both inside the window, and the weight of the second.</summary>
    private static (int First, int Second, float Weight) Neighbours(int at, int size, int start, int length)
    {
        float place = Math.Clamp((at + 0.5f) * length / size - 0.5f, 0, length - 1);
        int first = (int)place;
        return (start + first, start + Math.Min(first + 1, length - 1), place - first);
    }
}

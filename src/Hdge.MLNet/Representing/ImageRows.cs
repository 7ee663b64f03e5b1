using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Representing;

/// <summary>Reads rows without labels as images into memory.</summary>
internal sealed class ImageRows : IDisposable
{
    private readonly DataViewSchema.Column _column;
    private readonly VectorDataViewType _type;
    private readonly ImageShape? _given;
    private readonly PixelScaling _scaling;
    private readonly ImageSetBuilder _images;
    private Extent _range = Extent.None;
    private long _missing;

    /// <exception cref="ArgumentException">The column is missing or has the wrong type or size.</exception>
    public ImageRows(IDataView input, string name, ImageShape? given, PixelScaling scaling)
    {
        (_column, _type) = InputColumns.FindFeatures(input.Schema, name);
        (_given, _scaling) = (given, scaling);
        _images = new ImageSetBuilder(ImageShapes.Resolve(given, _type, name));
    }

    /// <summary>Frees the images that were not handed over.</summary>
    public void Dispose() => _images.Dispose();

    /// <summary>Shape of an image.</summary>
    public ImageShape Shape => _images.Shape;

    private bool AreBytes => _type.ItemType == NumberDataViewType.Byte;

    /// <summary>What a user should know of the rows that were read.</summary>
    public IEnumerable<string> Warnings()
    {
        if (ImageShapes.Doubt(_given, _type, _column.Name) is { } doubt)
            yield return doubt;
        if (_missing > 0)
            yield return InputMessages.MissingImages(_column.Name, _missing);
        if (ScalingDoubt.Of(_range, _scaling, AreBytes, _column.Name) is { } range)
            yield return range;
    }

    /// <summary>Reads all rows that have an image, in the input's order.</summary>
    /// <exception cref="InvalidDataException">A value is not finite, or there are no images.</exception>
    public ImageSet Read(IDataView input, CancellationToken cancellationToken)
    {
        using DataViewRowCursor cursor = input.GetRowCursor([_column]);
        if (AreBytes)
            Read<byte>(cursor, pixels => _images.Add(pixels, 0), 1 / 255f, cancellationToken);
        else
            Read<float>(cursor, pixels => _images.Add(pixels, 0, _scaling.Scale), _scaling.Scale, cancellationToken);
        return _images.Count > 1 ? _images.Build(1)
            : throw new InvalidDataException($"There is nothing to train on: the column '{_column.Name}' has {_images.Count} images and {_missing} rows where the image is missing, expected at least 2 images.");
    }

    private void Read<T>(DataViewRowCursor cursor, Action<T[]> add, float scale, CancellationToken cancellationToken) where T : struct, INumber<T>
    {
        ValueGetter<VBuffer<T>> get = cursor.GetGetter<VBuffer<T>>(_column);
        VBuffer<T> row = default;
        var pixels = new T[Shape.Length];
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            get(ref row);
            if (row.Length != pixels.Length)
                throw new InvalidDataException(InputMessages.RowLength(_column.Name, cursor.Position, row.Length, pixels.Length));
            if (MissingImage.Is(row))
            {
                _missing++;
                continue;
            }
            row.CopyTo(pixels);
            if (!Finite.All<T>(pixels))
                throw new InvalidDataException(InputMessages.NotFinite(_column.Name, cursor.Position));
            _range = _range.And(Extent.Of<T>(pixels).Times(scale));
            add(pixels);
        }
    }
}

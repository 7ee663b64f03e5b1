using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Turns the images of a column into numbers. The last image is disposed with the row or cursor that read it, as in ML.NET.</summary>
internal sealed class PixelReader<T> : IDisposable
{
    private readonly PixelLayout _layout;
    private readonly ImageDataViewType _type;
    private readonly T[] _valueOf;
    private readonly int _size;
    private ValueGetter<MLImage> _getImage;
    private MLImage _image;

    public PixelReader(PixelLayout layout, ImageDataViewType type, Func<byte, T> convert)
    {
        _layout = layout;
        _type = type;
        _valueOf = Enumerable.Range(0, 256).Select(b => convert((byte)b)).ToArray();
        _size = layout.TypeFor(type).Size;
    }

    public ValueGetter<VBuffer<T>> MakeGetter(DataViewRow row, int column)
    {
        _getImage = row.GetGetter<MLImage>(row.Schema[column]);
        return Get;
    }

    public void Dispose()
    {
        _image?.Dispose();
        _image = null;
    }

    private void Get(ref VBuffer<T> dst)
    {
        _getImage(ref _image);
        if (_image is null)
        {
            // No image: all zeros.
            dst = VBufferEditor.Create(ref dst, _size, 0).Commit();
            return;
        }
        Guard.State(_image.Height == _type.Height && _image.Width == _type.Width,
            $"The image is {_image.Width} wide and {_image.Height} high, the column's type says {_type.Width} and {_type.Height}.");
        var editor = VBufferEditor.Create(ref dst, _size);
        var planes = _layout.PlanesOf(_image.PixelFormat);
        var pixels = _image.Pixels;
        var count = _image.Width * _image.Height;
        for (var p = 0; p < count; p++)
        {
            for (var plane = 0; plane < planes.Length; plane++)
                editor.Values[_layout.Interleaved ? p * planes.Length + plane : plane * count + p] = _valueOf[pixels[p * 4 + planes[plane]]];
        }
        dst = editor.Commit();
    }
}

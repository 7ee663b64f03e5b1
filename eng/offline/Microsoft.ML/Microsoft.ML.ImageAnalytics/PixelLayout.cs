using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Which colours become numbers, in which order and on which scale: value = (byte − offset) · scale.</summary>
internal sealed record PixelLayout
{
    private readonly ImagePixelExtractingEstimator.ColorBits _colors;
    private readonly ImagePixelExtractingEstimator.ColorsOrder _order;

    public PixelLayout(
        ImagePixelExtractingEstimator.ColorBits colors,
        ImagePixelExtractingEstimator.ColorsOrder order,
        bool interleaved,
        float offset,
        float scale,
        bool asFloat)
    {
        Guard.Argument((colors & ImagePixelExtractingEstimator.ColorBits.All) != 0, "colorsToExtract", "Need to use at least one color plane.");
        Guard.Argument(Enum.IsDefined(order), "orderOfExtraction", "There is no such order.");
        _colors = colors;
        _order = order;
        Interleaved = interleaved;
        AsFloat = asFloat;
        // Bytes are passed on as they are.
        Offset = asFloat ? offset : 0;
        Scale = asFloat ? scale : 1;
        Guard.Argument(float.IsFinite(Offset), "offsetImage", "Must be finite.");
        Guard.Argument(float.IsFinite(Scale) && Scale != 0, "scaleImage", "Must be finite and not zero.");
    }

    public bool Interleaved { get; }

    public bool AsFloat { get; }

    public float Offset { get; }

    public float Scale { get; }

    public NumberDataViewType ItemType => AsFloat ? NumberDataViewType.Single : NumberDataViewType.Byte;

    /// <summary>For each plane of the output the place of its byte in a pixel.</summary>
    public int[] PlanesOf(MLPixelFormat format)
    {
        var red = format == MLPixelFormat.Rgba32 ? 0 : 2;
        return _order.ToString()
            .Select(letter => letter switch
            {
                'A' => (Bit: ImagePixelExtractingEstimator.ColorBits.Alpha, Byte: 3),
                'R' => (Bit: ImagePixelExtractingEstimator.ColorBits.Red, Byte: red),
                'G' => (Bit: ImagePixelExtractingEstimator.ColorBits.Green, Byte: 1),
                _ => (Bit: ImagePixelExtractingEstimator.ColorBits.Blue, Byte: 2 - red),
            })
            .Where(c => (_colors & c.Bit) != 0)
            .Select(c => c.Byte)
            .ToArray();
    }

    public VectorDataViewType TypeFor(ImageDataViewType image)
    {
        var planes = PlanesOf(MLPixelFormat.Bgra32).Length;
        return Interleaved
            ? new VectorDataViewType(ItemType, image.Height, image.Width, planes)
            : new VectorDataViewType(ItemType, planes, image.Height, image.Width);
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write((byte)_colors);
        writer.Write((byte)_order);
        writer.Write(AsFloat);
        writer.Write(Offset);
        writer.Write(Scale);
        writer.Write(Interleaved);
    }

    public static PixelLayout Load(BinaryReader reader)
    {
        var colors = (ImagePixelExtractingEstimator.ColorBits)reader.ReadByte();
        var order = (ImagePixelExtractingEstimator.ColorsOrder)reader.ReadByte();
        var asFloat = reader.ReadBoolean();
        var offset = reader.ReadSingle();
        var scale = reader.ReadSingle();
        return new PixelLayout(colors, order, reader.ReadBoolean(), offset, scale, asFloat);
    }
}

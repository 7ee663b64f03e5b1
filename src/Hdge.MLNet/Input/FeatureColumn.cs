using Hdge.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Hdge.MLNet.Input;

/// <summary>What a feature column holds.</summary>
internal enum FeatureKind
{
    /// <summary>A vector of values.</summary>
    Vector,

    /// <summary>Decoded pictures (MLImage) of any size.</summary>
    Image,

    /// <summary>Texts: paths of image files.</summary>
    Path,
}

/// <summary>The feature column of a schema and the shape of an image of it.</summary>
internal sealed record FeatureColumn(DataViewSchema.Column Column, FeatureKind Kind, ImageShape Shape)
{
    /// <summary>The column's type where it holds vectors.</summary>
    public VectorDataViewType? Vector => Column.Type as VectorDataViewType;

    /// <summary>Finds and checks the column.</summary>
    /// <param name="schema">The input's schema.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="given">The shape that pictures are brought to, which vectors must have; null where none is known.</param>
    /// <param name="takesFeatures">Whether the network takes vectors that are no images.</param>
    /// <param name="takesPictures">Whether columns of pictures and paths will do.</param>
    /// <exception cref="ArgumentException">The column is missing or has the wrong type or length, or the shape of its images is not certain.</exception>
    public static FeatureColumn Find(DataViewSchema schema, string name, ImageShape? given, bool takesFeatures, bool takesPictures = true)
    {
        DataViewSchema.Column column = InputColumns.Find(schema, name, "feature");
        if (takesPictures && !takesFeatures && PictureShape(column.Type, given) is { } shape)
            return new(column, column.Type is ImageDataViewType ? FeatureKind.Image : FeatureKind.Path, Checked(shape, name));
        (column, VectorDataViewType type) = InputColumns.FindFeatures(schema, name);
        return new(column, FeatureKind.Vector, ImageShapes.Resolve(given, type, name, takesFeatures));
    }

    /// <summary>The shape that pictures of a type are brought to; null where it holds none, or nobody says what size they shall have.</summary>
    public static ImageShape? PictureShape(DataViewType type, ImageShape? given) => type switch
    {
        ImageDataViewType image => given ?? (image is { Height: > 0, Width: > 0 } ? new ImageShape(3, image.Height, image.Width) : null),
        TextDataViewType => given,
        _ => null,
    };

    private static ImageShape Checked(ImageShape shape, string name) => shape.Channels is 1 or 3
        ? shape
        : throw new ArgumentException($"The feature column '{name}' holds pictures, and the ImageShape is {shape}: expected 1 channel (grey) or 3 (red, green, blue).", nameof(shape));
}

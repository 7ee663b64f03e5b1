using Microsoft.ML.Data;
using Microsoft.ML.Offline;

namespace Microsoft.ML.Transforms.Image;

/// <summary>What the image transforms share: checks of their input column.</summary>
internal static class ImageColumns
{
    public static ImageDataViewType Check(DataViewSchema.Column column)
        => column.Type as ImageDataViewType ?? throw Guard.WrongColumnType("input", column.Name, "image", column.Type.ToString());

    public static SchemaShape.Column Check(SchemaShape.Column column)
    {
        if (column.ItemType is not ImageDataViewType || column.Kind != SchemaShape.Column.VectorKind.Scalar)
            throw Guard.WrongColumnType("input", column.Name, "Image", column.GetTypeString());
        return column;
    }
}

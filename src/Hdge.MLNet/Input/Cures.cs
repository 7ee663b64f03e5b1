using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Hdge.MLNet.Input;

/// <summary>Which transform makes of a column's type one that can be trained on.</summary>
internal static class Cures
{
    private const string Convert = "convert it with Transforms.Conversion.ConvertType(outputKind: DataKind.Single)";
    private const string Map = "map the labels with Transforms.Conversion.MapValueToKey";

    /// <summary>What to do to a column for features.</summary>
    public static string OfFeatures(DataViewType type) => type is VectorDataViewType vector
        ? OfFeatures(vector.ItemType, isVector: true, vector.ItemType is KeyDataViewType, vector.IsKnownSize)
        : OfFeatures(type, isVector: false, type is KeyDataViewType, isKnownSize: true);

    /// <summary>What to do to a column for features of which only the outline is known.</summary>
    public static string OfFeatures(DataViewType item, bool isVector, bool isKey, bool isKnownSize)
    {
        if (item is ImageDataViewType)
            return "set ImageShape, the shape that pictures are brought to (or give them one size with Transforms.ResizeImages), or take the pixels out of them with Transforms.ExtractPixels(outputAsFloatArray: false), after Transforms.ResizeImages";
        if (item is TextDataViewType)
            return isVector
                ? "read numbers, not text: in TextLoader a column of DataKind.Single or DataKind.Byte"
                : "if it holds paths of image files, set ImageShape, the shape that pictures are brought to, or take Transforms.LoadImages, Transforms.ResizeImages, then Transforms.ExtractPixels(outputAsFloatArray: false)";
        if (!isVector)
            return "put the columns with the pixels into one with Transforms.Concatenate, or load them as a vector (VectorType(n), in TextLoader a range of columns)";
        if (!isKnownSize)
            return "give it its length with VectorType(n) on the property or in a SchemaDefinition; images of a file need Transforms.ResizeImages before Transforms.ExtractPixels";
        return isKey ? "a key is no number: take the values that it was mapped from" : Convert;
    }

    /// <summary>What to do to a column for labels.</summary>
    public static string OfLabel(DataViewType type) => type is VectorDataViewType
        ? "one label a row, not a vector; then " + Map
        : Map;
}

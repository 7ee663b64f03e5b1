using Microsoft.ML.Data;

namespace Hdge.MLNet.Input;

/// <summary>
/// Whether a row has no image. LoadImages makes of an empty path a missing image, ResizeImages keeps it so, and ExtractPixels makes of it a sparse vector
/// without a single value; of a black image it makes a dense vector of zeros.
/// </summary>
internal static class MissingImage
{
    /// <summary>True for a sparse vector without a value.</summary>
    public static bool Is<T>(in VBuffer<T> features) => !features.IsDense && features.GetValues().IsEmpty;
}

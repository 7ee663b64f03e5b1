namespace Microsoft.ML.Data;

internal static class ImageDecoder
{
    /// <summary>The image, or null where the bytes are no image that can be read.</summary>
    public static MLImage DecodeOrNull(byte[] bytes)
    {
        try
        {
            if (PngReader.IsPng(bytes))
                return PngReader.Decode(bytes);
            return BmpReader.IsBmp(bytes) ? BmpReader.Decode(bytes) : null;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException or EndOfStreamException)
        {
            return null;
        }
    }
}

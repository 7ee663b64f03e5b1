using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>An image whose class is a number.</summary>
internal sealed class NumberedImage
{
    public double Label { get; set; }

    [VectorType(TinyImages.Length)]
    public float[] Features { get; set; } = [];

    public static NumberedImage[] Many(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new NumberedImage { Label = (TinyImages.Class(number) * 0.1) - 7, Features = TinyImages.Singles(number) })];
}

using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>An image of bytes with its class by name.</summary>
internal sealed class ByteImage
{
    public int Number { get; set; }

    public string Label { get; set; } = "";

    [VectorType(TinyImages.Length)]
    public byte[] Features { get; set; } = [];

    public static ByteImage[] Many(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new ByteImage { Number = number, Label = TinyImages.Name(number), Features = TinyImages.Bytes(number) })];
}

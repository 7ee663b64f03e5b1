using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>An image whose label is a key from the start, without key values. In memory such a key counts from 0; what is out of range is missing.</summary>
internal sealed class KeyedImage
{
    public const uint Missing = 9;

    public int Number { get; set; }

    [KeyType(3)]
    public uint Label { get; set; }

    [VectorType(TinyImages.Length)]
    public float[] Features { get; set; } = [];

    public static KeyedImage[] Many(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new KeyedImage { Number = number, Label = (uint)TinyImages.Class(number), Features = TinyImages.Singles(number) })];
}

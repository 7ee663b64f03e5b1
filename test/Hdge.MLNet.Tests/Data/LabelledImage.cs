using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>An image with its class by name.</summary>
internal sealed class LabelledImage
{
    public int Number { get; set; }

    public string Label { get; set; } = "";

    [VectorType(TinyImages.Length)]
    public float[] Features { get; set; } = [];
}

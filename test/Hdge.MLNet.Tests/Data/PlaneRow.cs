using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests.Data;

/// <summary>An image of ColourFiles as bytes in memory: red, green, blue planes.</summary>
internal sealed class PlaneRow
{
    public int Number { get; set; }

    public string Label { get; set; } = "";

    [VectorType(3, ColourFiles.Height, ColourFiles.Width)]
    public byte[] Pixels { get; set; } = [];
}

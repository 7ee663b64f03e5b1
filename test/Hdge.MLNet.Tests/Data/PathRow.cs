namespace Hdge.MLNet.Tests.Data;

/// <summary>An image's file with its class by name.</summary>
internal sealed class PathRow
{
    public int Number { get; set; }

    public string Path { get; set; } = "";

    public string Label { get; set; } = "";
}

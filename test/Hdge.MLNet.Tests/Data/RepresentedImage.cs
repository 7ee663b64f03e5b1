namespace Hdge.MLNet.Tests.Data;

/// <summary>What a transformer of representations says of an image.</summary>
internal sealed class RepresentedImage
{
    public int Number { get; set; }

    public float[] Representation { get; set; } = [];

    public float LogLikelihood { get; set; }

    public bool IsInDistribution { get; set; }
}

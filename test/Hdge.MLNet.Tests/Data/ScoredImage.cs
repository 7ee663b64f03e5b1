namespace Hdge.MLNet.Tests.Data;

/// <summary>What a transformer says of an image.</summary>
internal sealed class ScoredImage
{
    public int Number { get; set; }

    public uint PredictedLabel { get; set; }

    public float[] Score { get; set; } = [];

    public float LogDensity { get; set; }

    public float Confidence { get; set; }

    public bool IsInDistribution { get; set; }
}

namespace Hdge.MLNet.Output;

/// <summary>The columns a transformer adds, in the order in which it adds them.</summary>
internal enum OutputColumn
{
    PredictedLabel,
    Score,
    LogDensity,
    Confidence,
    IsInDistribution,
}

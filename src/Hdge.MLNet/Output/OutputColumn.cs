namespace Hdge.MLNet.Output;

/// <summary>The columns a transformer adds, in the order in which it adds them. Those after IsInDistribution are added where they have a name.</summary>
internal enum OutputColumn
{
    PredictedLabel,
    Score,
    LogDensity,
    Confidence,
    IsInDistribution,
    CalibratedScore,
    PredictionSet,
    DetectionScore,
}

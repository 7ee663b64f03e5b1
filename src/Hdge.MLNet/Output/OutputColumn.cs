namespace Hdge.MLNet.Output;

/// <summary>The columns a transformer adds, in the order in which it adds them. Those after DetectionScore are added where they have a name.</summary>
internal enum OutputColumn
{
    PredictedLabel,
    Score,
    LogDensity,
    Confidence,
    IsInDistribution,
    DetectionScore,
    CalibratedScore,
    PredictionSet,
    Disagreement,
}

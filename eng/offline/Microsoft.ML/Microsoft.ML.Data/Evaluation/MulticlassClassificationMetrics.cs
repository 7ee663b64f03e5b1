namespace Microsoft.ML.Data;

public sealed class MulticlassClassificationMetrics
{
    internal MulticlassClassificationMetrics()
    {
    }

    public double LogLoss { get; internal init; }

    public double LogLossReduction { get; internal init; }

    public double MacroAccuracy { get; internal init; }

    public double MicroAccuracy { get; internal init; }

    public double TopKAccuracy => TopKAccuracyForAllK is { Count: > 0 } all ? all[^1] : 0;

    public int TopKPredictionCount { get; internal init; }

    public IReadOnlyList<double> TopKAccuracyForAllK { get; internal init; }

    public IReadOnlyList<double> PerClassLogLoss { get; internal init; }

    public ConfusionMatrix ConfusionMatrix { get; internal init; }
}

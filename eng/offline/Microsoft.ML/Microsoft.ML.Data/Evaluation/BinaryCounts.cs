namespace Microsoft.ML.Data;

/// <summary>What is summed up over scored rows with a label. A score above 0 predicts the positive class.</summary>
internal sealed class BinaryCounts(string[] names)
{
    private double _logLoss;
    private double _positivesWithProbability;
    private double _negativesWithProbability;

    public double TruePositives { get; private set; }

    public double FalsePositives { get; private set; }

    public double TrueNegatives { get; private set; }

    public double FalseNegatives { get; private set; }

    public List<(float Score, bool Positive)> Scored { get; } = new();

    public double Total => TruePositives + FalsePositives + TrueNegatives + FalseNegatives;

    public double Entropy => EntropyOf((TruePositives + FalseNegatives) / Total);

    public double LogLoss => double.IsNaN(_logLoss) ? double.NaN : WithProbability > 0 ? _logLoss / WithProbability : 0;

    public double LogLossReduction
    {
        get
        {
            if (WithProbability == 0)
                return 0;
            var prior = EntropyOf(_positivesWithProbability / WithProbability);
            return (prior - _logLoss / WithProbability) / prior;
        }
    }

    public ConfusionMatrix ConfusionMatrix => new([[TruePositives, FalseNegatives], [FalsePositives, TrueNegatives]], names, isBinary: true);

    private double WithProbability => _positivesWithProbability + _negativesWithProbability;

    public void Add(bool positive, float score, float probability)
    {
        var predicted = score > 0;
        if (positive && predicted)
            TruePositives++;
        else if (positive)
            FalseNegatives++;
        else if (predicted)
            FalsePositives++;
        else
            TrueNegatives++;

        Scored.Add((score, positive));
        // A missing probability makes the whole log-loss NaN, as in ML.NET.
        _logLoss += float.IsNaN(probability) ? double.NaN : -Math.Log(positive ? probability : 1.0 - probability, 2);
        if (float.IsNaN(probability))
            return;
        if (positive)
            _positivesWithProbability++;
        else
            _negativesWithProbability++;
    }

    private static double EntropyOf(double p)
        => p < 0 || p > 1 ? double.NaN
        : p == 0 || p == 1 ? 0
        : -p * Math.Log(p, 2) - (1 - p) * Math.Log(1 - p, 2);
}

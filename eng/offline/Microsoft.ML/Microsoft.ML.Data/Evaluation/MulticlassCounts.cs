namespace Microsoft.ML.Data;

/// <summary>What is summed up over scored rows of known class.</summary>
internal sealed class MulticlassCounts(int classes)
{
    private const float _smallestProbability = 1e-15f;

    private readonly double[] _ofClass = new double[classes];
    private readonly double[] _logLossOfClass = new double[classes];
    private readonly double[] _ofRank = new double[classes + 1];
    private readonly double[][] _confusion = Enumerable.Range(0, classes).Select(_ => new double[classes]).ToArray();
    private double _count;
    private double _logLoss;

    public void Add(int label, float[] scores)
    {
        var known = label < classes;
        var own = known ? scores[label] : 0;
        var logLoss = -Math.Log(known ? Math.Min(1, Math.Max(_smallestProbability, own)) : _smallestProbability);

        // Among equal scores the first class has the better rank; a class never seen in training ranks behind all that have any score.
        var rank = 0;
        var best = 0;
        for (var i = 0; i < classes; i++)
        {
            if (scores[i] > own || scores[i] == own && i < label)
                rank++;
            if (scores[i] > scores[best])
                best = i;
        }

        _count++;
        _logLoss += logLoss;
        _ofRank[rank]++;
        if (!known)
            return;
        _ofClass[label]++;
        _logLossOfClass[label] += logLoss;
        _confusion[label][rank == 0 ? label : best]++;
    }

    public MulticlassClassificationMetrics ToMetrics(int topK, string[] names)
    {
        var seen = Enumerable.Range(0, classes).Where(c => _ofClass[c] > 0).ToArray();
        var logLoss = _count > 0 ? _logLoss / _count : 0;
        var entropy = -seen.Sum(c => _ofClass[c] * Math.Log(_ofClass[c] / _count)) / _count;
        double[] topKAccuracies = null;
        if (topK > 0)
        {
            var sum = 0.0;
            topKAccuracies = _ofRank.Take(topK).Select(n => sum += n / _count).ToArray();
            // ML.NET fails in the same way on more places than there are.
            _ = topKAccuracies[topK - 1];
        }
        return new MulticlassClassificationMetrics
        {
            MicroAccuracy = _count > 0 ? _ofRank[0] / _count : 0,
            MacroAccuracy = seen.Length > 0 ? seen.Average(c => _confusion[c][c] / _ofClass[c]) : 0,
            LogLoss = logLoss,
            LogLossReduction = (entropy - logLoss) / entropy,
            TopKPredictionCount = topK,
            TopKAccuracyForAllK = topKAccuracies,
            PerClassLogLoss = _logLossOfClass.Select((sum, c) => _ofClass[c] > 0 ? sum / _ofClass[c] : 0).ToArray(),
            ConfusionMatrix = new ConfusionMatrix(_confusion, names, isBinary: false),
        };
    }
}

using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

public sealed class ConfusionMatrix
{
    private readonly string[] _names;
    private readonly bool _isBinary;

    internal ConfusionMatrix(double[][] counts, string[] names, bool isBinary)
    {
        Counts = counts;
        _names = names;
        _isBinary = isBinary;
        PerClassRecall = counts.Select((row, i) => Ratio(row[i], row.Sum())).ToArray();
        PerClassPrecision = counts.Select((row, i) => Ratio(row[i], counts.Sum(r => r[i]))).ToArray();
    }

    public IReadOnlyList<double> PerClassPrecision { get; }

    public IReadOnlyList<double> PerClassRecall { get; }

    public IReadOnlyList<IReadOnlyList<double>> Counts { get; }

    public int NumberOfClasses => Counts.Count;

    public string GetFormattedConfusionTable() => ConfusionTable.Format(this, _names, _isBinary);

    public double GetCountForClassPair(int predictedClassIndicatorIndex, int actualClassIndicatorIndex)
    {
        Guard.Argument(predictedClassIndicatorIndex >= 0 && predictedClassIndicatorIndex < NumberOfClasses, nameof(predictedClassIndicatorIndex), "There is no such class.");
        Guard.Argument(actualClassIndicatorIndex >= 0 && actualClassIndicatorIndex < NumberOfClasses, nameof(actualClassIndicatorIndex), "There is no such class.");
        return Counts[actualClassIndicatorIndex][predictedClassIndicatorIndex];
    }

    private static double Ratio(double part, double whole) => whole > 0 ? part / whole : 0;
}

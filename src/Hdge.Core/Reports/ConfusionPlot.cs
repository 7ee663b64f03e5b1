namespace Hdge.Reports;

/// <summary>A confusion matrix.</summary>
/// <param name="ClassNames">One a class, at least two.</param>
/// <param name="Counts">Images of the true class (row) given the predicted class (column).</param>
public sealed record ConfusionPlot(IReadOnlyList<string> ClassNames, long[,] Counts);

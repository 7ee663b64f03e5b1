namespace Hdge.Reports;

/// <summary>A line of a plot.</summary>
/// <param name="Name">Its entry in the legend.</param>
/// <param name="Points">At least two, X not descending.</param>
/// <param name="Area">The number beside its name (AUROC, AURC). Default none.</param>
public sealed record PlotCurve(string Name, IReadOnlyList<PlotPoint> Points, double? Area = null)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

/// <summary>A point of a curve, both coordinates finite.</summary>
public readonly record struct PlotPoint(double X, double Y)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

namespace Hdge.Reports;

/// <summary>Accuracy as a function of the largest change that an attack may make.</summary>
/// <param name="Norm">"L∞" or "L2".</param>
/// <param name="Unit">Unit of ε: "of 255", "of the 0..1 pixel range".</param>
/// <param name="Curves">One a model or attack: X is ε ≥ 0, Y the accuracy 0..1.</param>
public sealed record RobustnessPlot(string Norm, string Unit, IReadOnlyList<PlotCurve> Curves);

using System.Globalization;
using Hdge;
using Hdge.Data;
using Hdge.Reports;
using Hdge.Robustness;
using Spectre.Console;

namespace Hdge.Cli.Evaluation;

/// <summary>Accuracy under PGD, in L∞ and L2 (the paper's Figure 4).</summary>
internal static class Attack
{
    /// <summary>Radii: for L∞ in 1/255 of the pixel range, for L2 in the range itself, as in the paper's figure.</summary>
    private static readonly double[] s_grey = [0, 1, 2, 4, 8, 16], s_length = [0, 0.1, 0.25, 0.5, 1, 2];

    public static IReadOnlyList<RobustnessPlot> Run(HdgeModel model, ImageSet images, PgdOptions effort, CommandContext context) =>
        context.Console.Progress().Start(progress =>
        {
            return new[] { Curve(PgdNorm.LInfinity, "L∞", "of 255", s_grey, 1 / 255.0), Curve(PgdNorm.L2, "L2", "of the 0..1 pixel range", s_length, 1) };

            RobustnessPlot Curve(PgdNorm norm, string name, string unit, double[] radii, double scale)
            {
                var task = progress.AddTask($"PGD {name}", maxValue: radii.Length);
                var points = RobustAccuracy.Curve(model, images, [.. radii.Select(r => r * scale)], effort with { Norm = norm }, _ => task.Increment(1), context.Cancellation);
                return new(name, unit, [new PlotCurve("PGD", [.. points.Select((p, i) => new PlotPoint(radii[i], p.Accuracy))])]);
            }
        });

    public static MetricTable Table(RobustnessPlot plot) =>
        new($"Accuracy under PGD, {plot.Norm}", [.. plot.Curves[0].Points.Select(p => "ε " + p.X.ToString(CultureInfo.InvariantCulture))],
            [new MetricRow("accuracy", [.. plot.Curves[0].Points.Select(p => p.Y)])])
        {
            RowHeading = "",
            HigherIsBetter = null,
            Note = $"ε {plot.Unit}. An upper bound: PGD is not AutoAttack.",
        };
}

using Hdge.Data;
using Hdge.Reports;

namespace Hdge.Cli.Evaluation;

/// <summary>The paper's numbers: WRN-28-10, 200 epochs; for detection without batch norm, CIFAR-10 known, noise of σ = 0.03 on all images.</summary>
internal static class Published
{
    public const string Conditions = "The paper's rows: WRN-28-10 after 200 epochs, CIFAR-10 known, without batch norm for detection and with it for accuracy. "
        + "Ours compare with them only as far as network, data and length of training agree.";

    /// <summary>The unknown sets of the paper, by the names that <c>--unknown</c> gives them here.</summary>
    public static readonly IReadOnlyList<string> Sets = ["svhn", UnknownSets.Interpolated, "cifar100", "celeba"];

    /// <summary>AUROC of the log-density by unknown set.</summary>
    public static readonly IReadOnlyList<MetricRow> LogDensity =
    [
        new("cross-entropy (paper)", [0.46, 0.41, 0.47, 0.49]),
        new("Glow (paper)", [0.05, 0.51, 0.55, 0.57]),
        new("IGEBM (paper)", [0.63, 0.70, 0.50, 0.70]),
        new("JEM (paper)", [0.67, 0.65, 0.67, 0.75]),
        new("HDGE (paper)", [0.96, 0.82, 0.91, 0.80]),
    ];

    /// <summary>AUROC of the largest probability by unknown set.</summary>
    public static readonly IReadOnlyList<MetricRow> MaxProbability =
    [
        new("cross-entropy (paper)", [0.93, 0.77, 0.85, 0.62]),
        new("JEM (paper)", [0.89, 0.75, 0.87, 0.79]),
        new("HDGE (paper)", [0.95, 0.76, 0.84, 0.81]),
    ];

    /// <summary>Accuracy with batch norm on CIFAR-10 and CIFAR-100.</summary>
    public static readonly IReadOnlyList<MetricRow> Accuracy =
    [
        new("supervised (paper)", [0.958, 0.799]),
        new("SupCon (paper)", [0.963, 0.805]),
        new("JEM (paper)", [0.944, 0.781]),
        new("generative term only (paper)", [0.964, 0.806]),
        new("HDGE (paper)", [0.967, 0.809]),
    ];

    /// <summary>The paper's accuracies above ours, where the images look like CIFAR-10 or CIFAR-100.</summary>
    public static MetricTable? AccuracyBeside(ImageSet known, double ours)
    {
        int column = known.Shape != CifarReader.Shape ? -1 : known.ClassCount switch { 10 => 0, 100 => 1, _ => -1 };
        return column < 0 ? null : new("Accuracy beside the paper's", [column == 0 ? "CIFAR-10" : "CIFAR-100"],
            [.. Accuracy.Select(r => r with { Values = [r.Values[column]] }), new("this model", [ours], IsChosen: true)])
        {
            RowHeading = "Model",
            HigherIsBetter = null,
            Note = Conditions,
        };
    }

    /// <summary>AUROC of HDGE's log-density against SVHN by the negatives K in the memory bank.</summary>
    public static readonly IReadOnlyDictionary<int, double> SvhnByBank = new Dictionary<int, double> { [64] = 0.89, [128] = 0.91, [256] = 0.93, [65536] = 0.96 };

    /// <summary>The paper's rows above ours, for the sets that were measured; null where the paper has none of them.</summary>
    /// <param name="name">Heading of the table.</param>
    /// <param name="rows">The paper's, a value for each of <see cref="Sets"/>.</param>
    /// <param name="ours">AUROC by unknown set.</param>
    public static MetricTable? Beside(string name, IReadOnlyList<MetricRow> rows, IReadOnlyDictionary<string, double> ours)
    {
        int[] columns = [.. Enumerable.Range(0, Sets.Count).Where(i => ours.ContainsKey(Sets[i]))];
        if (columns.Length == 0)
            return null;
        var published = rows.Select(r => r with { Values = [.. columns.Select(c => r.Values[c])] });
        var measured = new MetricRow("this model", [.. columns.Select(c => ours[Sets[c]])], IsChosen: true);
        return new(name, [.. columns.Select(c => Sets[c])], [.. published, measured]) { RowHeading = "Model", HigherIsBetter = null, Note = Conditions };
    }
}

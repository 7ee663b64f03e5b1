namespace Hdge.Reports;

/// <summary>A table of numbers; the best of each column is set in bold.</summary>
/// <param name="Name">What the numbers are: "AUROC".</param>
/// <param name="Columns">Names of the columns, at least one.</param>
/// <param name="Rows">At least one.</param>
public sealed record MetricTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<MetricRow> Rows)
{
    /// <summary>Heading of the first column: "Score" (default).</summary>
    public string RowHeading { get; init; } = "Score";

    /// <summary>Which end is best: true (default) the highest, false the lowest, null neither.</summary>
    public bool? HigherIsBetter { get; init; } = true;

    /// <summary>Whether a column with each row's mean over its numbers follows; rows with gaps get none. Default false.</summary>
    public bool ShowMean { get; init; }

    /// <summary>A sentence under the table. Default none.</summary>
    public string Note { get; init; } = "";

    /// <summary>.NET format of the numbers. Default "F3".</summary>
    public string Format { get; init; } = "F3";
}

/// <summary>A row of a <see cref="MetricTable"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">One a column; NaN where there is none.</param>
/// <param name="IsChosen">Whether to mark it as the one in use. Default false.</param>
public sealed record MetricRow(string Name, IReadOnlyList<double> Values, bool IsChosen = false);

using Hdge.Metrics;

namespace Hdge.Reports;

/// <summary>A number of the summary.</summary>
/// <param name="Name">What it is: "Accuracy".</param>
/// <param name="Value">Finite.</param>
public sealed record SummaryNumber(string Name, double Value)
{
    /// <summary>Lower end of its interval, with <see cref="High"/>; see <see cref="Metrics.Bootstrap"/>. Default none.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of its interval, with <see cref="Low"/>. Default none.</summary>
    public double? High { get; init; }

    /// <summary>A few words on it: "temperature 1.31". Default none.</summary>
    public string Note { get; init; } = "";

    /// <summary>.NET format of the value and its interval: "F3" (default), "P1" for shares as percent.</summary>
    public string Format { get; init; } = "F3";

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

using Hdge.Data;

namespace Hdge.Reports;

/// <summary>What <see cref="HtmlReport"/> shows. Only the title is needed; a part without data is left out of the report.</summary>
public sealed record ReportData
{
    /// <summary>Heading of the report, not empty.</summary>
    public required string Title { get; init; }

    /// <summary>One line under the title: which model, which images. Default none.</summary>
    public string Subtitle { get; init; } = "";

    /// <summary>A sentence in bold under it, of what the reader must know before the numbers. Default null: none.</summary>
    public string? Warning { get; init; }

    /// <summary>The numbers at the top.</summary>
    public IReadOnlyList<SummaryNumber> Summary { get; init; } = [];

    /// <summary>Reliability diagrams side by side, for example before and after calibration (paper's Figure 2).</summary>
    public IReadOnlyList<ReliabilityPlot> Reliability { get; init; } = [];

    /// <summary>Scores of known images against each unknown set (paper's Figure 1), one entry a score.</summary>
    public IReadOnlyList<ScoreHistograms> Histograms { get; init; } = [];

    /// <summary>
    /// ROC curves, one an unknown set: X the false-positive rate (share of unknown images taken for known), Y the true-positive rate (share of known images
    /// kept), both 0..1; <see cref="PlotCurve.Area"/> the AUROC.
    /// </summary>
    public IReadOnlyList<PlotCurve> Roc { get; init; } = [];

    /// <summary>Tables of detectors (rows) by unknown set (columns), one a metric: AUROC, FPR at 95 % TPR, …</summary>
    public IReadOnlyList<MetricTable> Detectors { get; init; } = [];

    /// <summary>Risk–coverage curves: X the coverage (share of images answered, surest first), Y the risk (error rate on them), both 0..1; <see cref="PlotCurve.Area"/> the AURC.</summary>
    public IReadOnlyList<PlotCurve> RiskCoverage { get; init; } = [];

    /// <summary>Which classes are taken for which. Default none.</summary>
    public ConfusionPlot? Confusion { get; init; }

    /// <summary>Accuracy under attack (paper's Figure 4), one entry a norm.</summary>
    public IReadOnlyList<RobustnessPlot> Robustness { get; init; } = [];

    /// <summary>Images drawn from the model (paper's Figure 3), of 1 or 3 channels. Default none.</summary>
    public ImageSet? Samples { get; init; }

    /// <summary>How much <see cref="Samples"/> are like real images, shown beside them. Default none.</summary>
    public MetricTable? SampleQuality { get; init; }

    /// <summary>The images that the model is least sure of, least sure first.</summary>
    public IReadOnlyList<GalleryImage> LeastSure { get; init; } = [];

    /// <summary>The images that the model is most wrong about, surest error first.</summary>
    public IReadOnlyList<GalleryImage> MostWrong { get; init; } = [];

    /// <summary>Further tables, for example published numbers beside measured ones.</summary>
    public IReadOnlyList<MetricTable> Tables { get; init; } = [];

    /// <summary>What was run: names and values, in the order given.</summary>
    public IReadOnlyList<ReportSetting> Settings { get; init; } = [];
}

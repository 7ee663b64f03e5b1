namespace Hdge.Reports;

/// <summary>Refuses data that would be drawn wrong.</summary>
internal static class ReportCheck
{
    public static void Check(ReportData data)
    {
        Require(!string.IsNullOrWhiteSpace(data.Title), nameof(data.Title), "is empty, expected a heading");
        Require(data.Summary.Count + data.Reliability.Count + data.Histograms.Count + data.Roc.Count + data.Detectors.Count + data.RiskCoverage.Count + data.Robustness.Count
            + data.LeastSure.Count + data.MostWrong.Count + data.Tables.Count + data.Settings.Count > 0 || data.Confusion is not null || data.Samples is not null,
            nameof(ReportData), "has a title only, expected at least one part to show");
        foreach (var number in data.Summary)
            Check(number);
        foreach (var plot in data.Reliability)
            Check(plot);
        foreach (var plot in data.Histograms)
        {
            Require(plot.Unknown.Count > 0, $"Histograms '{plot.ScoreName}'", "has no unknown set, expected at least one");
            foreach (var set in plot.Unknown.Prepend(plot.Known))
                Check($"Histograms '{plot.ScoreName}', '{set.Name}'", set);
        }
        foreach (var curve in data.Roc)
            Check("Roc", curve, 1, 1);
        foreach (var curve in data.RiskCoverage)
            Check("RiskCoverage", curve, 1, 1);
        foreach (var plot in data.Robustness)
        {
            Require(plot.Curves.Count > 0, $"Robustness '{plot.Norm}'", "has no curve, expected at least one");
            foreach (var curve in plot.Curves)
                Check($"Robustness '{plot.Norm}'", curve, double.MaxValue, 1);
        }
        if (data.Confusion is { } confusion)
            Check(confusion);
        if (data.Samples is { } samples)
            Require(samples.Count > 0 && samples.Shape.Channels is 1 or 3, nameof(data.Samples), $"holds {samples.Count} images of {samples.Shape}, expected at least one, of 1 or 3 channels");
        Require(data.SampleQuality is null || data.Samples is not null, nameof(data.SampleQuality), "is there without the images, expected both");
        foreach (var image in data.LeastSure)
            Check(nameof(data.LeastSure), image);
        foreach (var image in data.MostWrong)
            Check(nameof(data.MostWrong), image);
        foreach (var table in data.Detectors.Concat(data.Tables).Concat(data.SampleQuality is { } quality ? [quality] : []))
            Check(table);
    }

    private static void Check(SummaryNumber number)
    {
        string part = $"Summary '{number.Name}'";
        Require(double.IsFinite(number.Value), part, $"is {number.Value}, expected a finite number");
        Require(number.Low is null == number.High is null, part, "has one end of an interval, expected both or none");
        Require(number.Low is null || (double.IsFinite(number.Low.Value) && double.IsFinite(number.High!.Value) && number.Low <= number.High), part,
            $"has the interval {number.Low} to {number.High}, expected finite ends in order");
    }

    private static void Check(ReliabilityPlot plot)
    {
        string part = $"Reliability '{plot.Name}'";
        Require(IsShare(plot.ExpectedCalibrationError), part, $"has the calibration error {plot.ExpectedCalibrationError}, expected 0..1");
        Require(plot.Bins.All(b => b.Count >= 0) && plot.Bins.Any(b => b.Count > 0), part, "has no bin with images, or a negative count");
        foreach (var bin in plot.Bins)
        {
            Require(IsShare(bin.Low) && IsShare(bin.High) && bin.Low < bin.High, part, $"has a bin from {bin.Low} to {bin.High}, expected 0 ≤ low < high ≤ 1");
            Require(bin.Count == 0 || (IsShare(bin.MeanConfidence) && IsShare(bin.Accuracy)), part,
                $"has a bin of mean confidence {bin.MeanConfidence} and accuracy {bin.Accuracy}, expected 0..1");
        }
    }

    private static void Check(string part, NamedScores set)
    {
        var scores = set.Scores.Span;
        Require(scores.Length > 0, part, "has no scores, expected at least one");
        for (int i = 0; i < scores.Length; i++)
            Require(!float.IsNaN(scores[i]), part, $"has NaN as score {i}, expected a number");
    }

    private static void Check(string plot, PlotCurve curve, double mostX, double mostY)
    {
        string part = $"{plot} '{curve.Name}'";
        Require(curve.Points.Count >= 2, part, $"has {curve.Points.Count} points, expected at least two");
        Require(curve.Area is not double area || double.IsFinite(area), part, $"has the area {curve.Area}, expected a finite number");
        for (int i = 0; i < curve.Points.Count; i++)
        {
            var (x, y) = curve.Points[i];
            Require(x >= 0 && x <= mostX && y >= 0 && y <= mostY, part, $"has ({x}, {y}) as point {i}, expected {(mostX == 1 ? "0..1" : "finite numbers from 0")} and 0..1");
            Require(i == 0 || x >= curve.Points[i - 1].X, part, $"goes back from {(i == 0 ? 0 : curve.Points[i - 1].X)} to {x} at point {i}, expected ascending X");
        }
    }

    private static void Check(ConfusionPlot plot)
    {
        int classes = plot.ClassNames.Count;
        Require(classes >= 2 && plot.Counts.GetLength(0) == classes && plot.Counts.GetLength(1) == classes, nameof(ReportData.Confusion),
            $"has {classes} class names and {plot.Counts.GetLength(0)}x{plot.Counts.GetLength(1)} counts, expected at least two classes and a square of counts of that side");
        long[] counts = plot.Counts.Cast<long>().ToArray();
        Require(counts.All(n => n >= 0) && counts.Any(n => n > 0), nameof(ReportData.Confusion), "has a negative count, or none above zero");
    }

    private static void Check(string gallery, GalleryImage image)
    {
        var shape = image.Image.Shape;
        Require(shape.Channels is 1 or 3 && image.Image.Pixels.Length == shape.Length, gallery,
            $"has an image of {shape} with {image.Image.Pixels.Length} values, expected 1 or 3 channels and as many values as the shape says");
        Require(IsShare(image.Confidence), gallery, $"has the confidence {image.Confidence}, expected 0..1");
        Require(image.LogDensity is not double density || !double.IsNaN(density), gallery, "has NaN as log-density, expected a number");
    }

    private static void Check(MetricTable table)
    {
        string part = $"Table '{table.Name}'";
        Require(table.Columns.Count > 0 && table.Rows.Count > 0, part, $"has {table.Columns.Count} columns and {table.Rows.Count} rows, expected at least one of each");
        foreach (var row in table.Rows)
            Require(row.Values.Count == table.Columns.Count, part, $"has {row.Values.Count} values in row '{row.Name}', expected one for each of its {table.Columns.Count} columns");
    }

    private static bool IsShare(double value) => value >= 0 && value <= 1;

    private static void Require(bool valid, string part, string problem)
    {
        if (!valid)
            throw new ArgumentException($"{part} {problem}.");
    }
}

using Hdge.Detection;
using Hdge.MLNet;
using Hdge.MLNet.Evaluation;
using Hdge.Metrics;

namespace Microsoft.ML;

/// <summary>Adds the evaluation of HDGE models to an <see cref="MLContext"/>.</summary>
public static class HdgeEvaluationCatalog
{
    /// <summary>Evaluates scored data whose columns have their default names.</summary>
    /// <inheritdoc cref="EvaluateHdge(MulticlassClassificationCatalog, IDataView, HdgeEvaluationOptions, UnknownSet{IDataView}[])"/>
    public static HdgeMetrics EvaluateHdge(this MulticlassClassificationCatalog catalog, IDataView scored, params UnknownSet<IDataView>[] unknowns) =>
        EvaluateHdge(catalog, scored, new HdgeEvaluationOptions(), unknowns);

    /// <summary>
    /// Evaluates scored data: ML.NET's own multiclass metrics, calibration before and after, risk against coverage, and how well unknown images are told from
    /// known ones. Every data view is read once; labels and scores are kept in memory, (classes + 5) × 4 bytes a row.
    /// </summary>
    /// <param name="catalog">The context's multiclass operations.</param>
    /// <param name="scored">What an HDGE model made of labelled images. Rows without a label are left out.</param>
    /// <param name="options">Column names and settings.</param>
    /// <param name="unknowns">What it made of images of none of the classes: sets with a name each, such as ("digits", scoredDigits). May be empty.</param>
    /// <exception cref="ArgumentException">A column is missing or has the wrong type, an option is out of range, or two unknown sets have one name.</exception>
    /// <exception cref="InvalidDataException">A set has no rows, or a value is out of range.</exception>
    /// <exception cref="OperationCanceledException"><see cref="HdgeEvaluationOptions.CancellationToken"/> was cancelled.</exception>
    public static HdgeMetrics EvaluateHdge(this MulticlassClassificationCatalog catalog, IDataView scored, HdgeEvaluationOptions options, params UnknownSet<IDataView>[] unknowns)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scored);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        Check(unknowns);
        var known = new EvaluationRows(scored.Schema, options);
        DetectionRows[] others = [.. unknowns.Select(set => new DetectionRows(set.Data.Schema, options))]; // all columns are checked before any row is read
        known.Read(scored, options.CancellationToken);
        var metrics = KnownMetrics.Of(known.Scores, options.Bins);
        UnknownSetMetrics[] detection = [.. unknowns.Zip(others, (set, rows) => Detect(known.Detection, set, rows.Read(set.Data, options.CancellationToken), options))];
        return new()
        {
            Multiclass = catalog.Evaluate(new CollectedView(known), options.LabelColumnName, options.ScoreColumnName, options.PredictedLabelColumnName, options.TopKPredictionCount),
            Uncalibrated = metrics.Uncalibrated,
            Confidence = metrics.Confidence,
            Calibrated = known.CalibratedScore is { } calibrated ? CalibrationMetrics.Of(calibrated.Values, known.Labels, known.ClassCount, options.Bins) : null,
            PredictionSets = known.PredictionSet is { } sets ? PredictionSetMetrics.Of(sets.Values, known.Labels, known.ClassCount) : null,
            FlaggedShare = metrics.FlaggedShare,
            Unknowns = detection,
            Groups = DetectionGroup.Of(detection),
            MissingLabels = known.MissingLabels,
        };
    }

    private static UnknownSetMetrics Detect(DetectionRows known, UnknownSet<IDataView> set, DetectionRows rows, HdgeEvaluationOptions options) => rows.Scores.Length > 0
        ? new(set.Name, set.Group, DetectionMetrics.Of(known.Scores, rows.Scores, options.TruePositiveRate), (double)rows.Flagged / rows.Scores.Length,
            known.HasDensities && rows.HasDensities ? DetectionMetrics.Of(known.Densities, rows.Densities, options.TruePositiveRate) : null)
        : throw new InvalidDataException($"The unknown set '{set.Name}' has 0 rows, expected at least 1.");

    private static void Check(UnknownSet<IDataView>[] unknowns)
    {
        ArgumentNullException.ThrowIfNull(unknowns);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (UnknownSet<IDataView> set in unknowns)
        {
            ArgumentNullException.ThrowIfNull(set);
            ArgumentException.ThrowIfNullOrEmpty(set.Name);
            ArgumentException.ThrowIfNullOrEmpty(set.Group);
            ArgumentNullException.ThrowIfNull(set.Data);
            if (!names.Add(set.Name))
                throw new ArgumentException($"Two unknown sets have the name '{set.Name}'; each needs its own.", nameof(unknowns));
        }
    }
}

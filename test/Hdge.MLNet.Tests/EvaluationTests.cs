using Hdge.Detection;
using Hdge.MLNet.Tests.Data;
using Hdge.Metrics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>EvaluateHdge on tables whose every value is known.</summary>
public class EvaluationTests
{
    private const int Rows = 200, Classes = 3;

    private readonly MLContext _context = Trained.Context;
    private readonly Random _random = new(5);

    [Fact]
    public void EqualsTheMetricsOfItsColumns()
    {
        Known known = new(_random);
        float[] digits = Densities(50), letters = Densities(70), noise = Densities(1);

        HdgeMetrics metrics = _context.MulticlassClassification.EvaluateHdge(
            known.View(),
            new HdgeEvaluationOptions { Bins = 7, TruePositiveRate = 0.8, TopKPredictionCount = 2 },
            ("digits", Unknown(digits)),
            new UnknownSet<IDataView>("letters", Unknown(letters), "far"),
            new UnknownSet<IDataView>("noise", Unknown(noise), "far"));

        bool[] correct = [.. known.Labels.Zip(known.Predicted, (label, predicted) => label == predicted)];
        Assert.Equal(Rows, metrics.Count);
        Assert.Equal(0, metrics.MissingLabels);
        Assert.Equal(CalibrationMetrics.Of(known.Scores, known.Labels, Classes, 7).NegativeLogLikelihood, metrics.Uncalibrated.NegativeLogLikelihood);
        Assert.Equal(CalibrationMetrics.Of(known.Scores, known.Labels, Classes, 7).Bins, metrics.Uncalibrated.Bins);
        Assert.Equal(ConfidenceMetrics.Of(known.Confidences, correct, 7).Bins, metrics.Confidence.Bins);
        Assert.Equal(ConfidenceMetrics.Of(known.Confidences, correct, 7).RiskCoverage.Aurc, metrics.Confidence.RiskCoverage.Aurc);
        Assert.Equal(CalibrationMetrics.Of(known.Calibrated, known.Labels, Classes, 7).Brier, metrics.Calibrated!.Brier);
        Assert.Equal(PredictionSetMetrics.Of(known.Sets, known.Labels, Classes), metrics.PredictionSets);
        Assert.Equal(known.Densities.Count(density => density < 0) / (double)Rows, metrics.FlaggedShare);
        Assert.Equal(["digits", "letters", "noise"], metrics.Unknowns.Select(set => set.Name));
        Assert.Equal(DetectionMetrics.Of(known.Densities, digits, 0.8), metrics.Unknowns[0].Detection);
        Assert.Equal(DetectionMetrics.Of(known.Densities, letters, 0.8), metrics.Unknowns[1].Detection);
        Assert.Null(metrics.Unknowns[1].LogDensity); // the unknown data have no such column
        Assert.Equal(letters.Count(density => density < 0) / 70.0, metrics.Unknowns[1].FlaggedShare);
        Assert.Equal(["unknown", "far"], metrics.Groups.Select(group => group.Name));
        Assert.Equal((metrics.Unknowns[1].Detection.Auroc + metrics.Unknowns[2].Detection.Auroc) / 2, metrics.Groups[1].Auroc, 1e-12);

        MulticlassClassificationMetrics stock = _context.MulticlassClassification.Evaluate(known.View(), topKPredictionCount: 2);
        Assert.Equal((stock.LogLoss, stock.MicroAccuracy, stock.TopKAccuracy), (metrics.Multiclass.LogLoss, metrics.Multiclass.MicroAccuracy, metrics.Multiclass.TopKAccuracy));
        Assert.Equal(stock.ConfusionMatrix.Counts, metrics.Multiclass.ConfusionMatrix.Counts);
        Assert.Equal(correct.Count(c => c) / (double)Rows, metrics.Multiclass.MicroAccuracy, 1e-12);
    }

    [Fact]
    public void ReadsEveryRowOnceAndOnlyWhatItNeeds()
    {
        TableView known = new Known(_random).View(), unknown = Unknown(Densities(30));

        _context.MulticlassClassification.EvaluateHdge(known, ("digits", unknown));

        Assert.Equal((Rows, 30), (known.Moves, unknown.Moves));
        Assert.Equal((Rows, Rows, 1, 1), (known.Pulls("Score"), known.Pulls("DetectionScore"), known.Disposed, unknown.Disposed));
        Assert.DoesNotContain("Other", known.Asked);
        Assert.Equal(["DetectionScore", "IsInDistribution"], unknown.Asked);
    }

    [Fact]
    public void EvaluatesATrainedModel()
    {
        IDataView scored = Trained.Model.Transform(Trained.View(_context, 60, first: 1000));
        IDataView inverted = Trained.Transformer.Transform(_context.Data.LoadFromEnumerable(
            TinyImages.Labelled(40).Select(image => new LabelledImage { Features = [.. image.Features.Select(value => 1 - value)] })));

        HdgeMetrics metrics = _context.MulticlassClassification.EvaluateHdge(scored, ("inverted", inverted));

        ScoredImage[] rows = Trained.Rows(_context, scored);
        Assert.Equal(_context.MulticlassClassification.Evaluate(scored).LogLoss, metrics.Multiclass.LogLoss, 1e-6);
        Assert.Equal(rows.Average(row => (double)row.Confidence), metrics.Confidence.Mean, 1e-6);
        Assert.Equal(rows.Count(row => !row.IsInDistribution) / 60.0, metrics.FlaggedShare);
        Assert.Equal((60, 40), (metrics.Unknowns[0].Detection.KnownCount, metrics.Unknowns[0].Detection.UnknownCount));
        Assert.Null(metrics.Calibrated);
        Assert.Null(metrics.PredictionSets);
        Assert.Equal(["row", "column", "diagonal"], ClassNames(metrics.Multiclass));
    }

    [Fact]
    public void RowsWithoutALabelAreLeftOut()
    {
        var known = new Known(_random);
        uint[] keys = [.. known.Labels.Select((label, i) => i % 4 == 0 ? 0u : (uint)label + 1)];

        HdgeMetrics metrics = _context.MulticlassClassification.EvaluateHdge(known.View(keys));

        Assert.Equal((150, 50L), (metrics.Count, metrics.MissingLabels));
        Assert.Equal(known.Densities.Where((density, i) => i % 4 != 0 && density < 0).Count() / 150.0, metrics.FlaggedShare);
        Assert.Empty(metrics.Unknowns);
        Refused<InvalidDataException>(new Known(_random).View([.. keys.Select(_ => 0u)]), "nothing to evaluate", "'Label'", "200 rows where it is missing");
    }

    [Fact]
    public void BadDataIsRefused()
    {
        TableView good = new Known(_random).View();
        var evaluator = _context.MulticlassClassification;

        Refused<ArgumentException>(good, "detection score column 'Energy' is missing", options: new() { DetectionScoreColumnName = "Energy" });
        Refused<ArgumentException>(good, "confidence column 'Score' has the type", options: new() { ConfidenceColumnName = "Score" });
        Refused<ArgumentException>(good, "score column 'LogDensity' has the type", options: new() { ScoreColumnName = "LogDensity" });
        Refused<ArgumentException>(good, "label column 'Other' has the type", "expected a key", options: new() { LabelColumnName = "Other" });
        Refused<ArgumentException>(new Known(_random).View(keyCount: 4), "label column 'Label' has 4 values, expected 3");
        Refused<ArgumentException>(good, "Bins is 0", options: new() { Bins = 0 });
        Refused<ArgumentException>(good, "TruePositiveRate is 0", options: new() { TruePositiveRate = 0 });
        Refused<InvalidDataException>(Changed(known => known.Scores[7] = 3), "'Score'", "row 2", "sum 1", "Calibrators");
        Refused<InvalidDataException>(Changed(known => known.Confidences[9] = float.NaN), "'Confidence'", "row 9", "0 to 1");
        Refused<InvalidDataException>(Changed(known => known.Densities[9] = float.NaN), "'DetectionScore'", "row 9", "finite");
        Assert.Contains("'digits' has 0 rows", Assert.Throws<InvalidDataException>(() => evaluator.EvaluateHdge(good, ("digits", Unknown([])))).Message, StringComparison.Ordinal);
        Assert.Contains("'digits'", Assert.Throws<ArgumentException>(() => evaluator.EvaluateHdge(good, ("digits", good), ("digits", good))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => evaluator.EvaluateHdge(good, ("digits", null!)));
    }

    [Fact]
    public void KeysThatStandForOtherClassesAreRefused()
    {
        IDataView view = Trained.View(_context, 30, first: 1); // the first row is of another class, so the keys are numbered differently
        IDataView scored = Trained.Transformer.Transform(_context.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view));
        Refused<ArgumentException>(scored, "'Label'", "'PredictedLabel'", "key values");
    }

    [Fact]
    public void CanBeCancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
            _context.MulticlassClassification.EvaluateHdge(new Known(_random).View(), new HdgeEvaluationOptions { CancellationToken = source.Token }));
    }

    private static IEnumerable<string> ClassNames(MulticlassClassificationMetrics metrics) =>
        metrics.ConfusionMatrix.GetFormattedConfusionTable().Split('\n').SelectMany(line => line.Split(['|', ' '], StringSplitOptions.RemoveEmptyEntries))
            .Where(word => word is "row" or "column" or "diagonal").Distinct();

    private void Refused<T>(IDataView scored, params string[] says)
        where T : Exception => Refused<T>(scored, says, new());

    private void Refused<T>(IDataView scored, string says, HdgeEvaluationOptions options)
        where T : Exception => Refused<T>(scored, [says], options);

    private void Refused<T>(IDataView scored, string says, string too, HdgeEvaluationOptions options)
        where T : Exception => Refused<T>(scored, [says, too], options);

    private void Refused<T>(IDataView scored, string[] says, HdgeEvaluationOptions options)
        where T : Exception
    {
        string message = Assert.ThrowsAny<T>(() => _context.MulticlassClassification.EvaluateHdge(scored, options)).Message;
        Assert.All(says, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private TableView Changed(Action<Known> change)
    {
        var known = new Known(_random);
        change(known);
        return known.View();
    }

    private float[] Densities(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(-20, 10) / 4f)];

    private static TableView Unknown(float[] densities) => new(
        TableView.Column.Of("DetectionScore", NumberDataViewType.Single, densities),
        TableView.Column.Of("IsInDistribution", BooleanDataViewType.Instance, [.. densities.Select(density => density >= 0)]));

    /// <summary>Random scores of known images, with ties in the densities.</summary>
    private sealed class Known
    {
        public Known(Random random)
        {
            Labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Classes))];
            Scores = Probabilities(random);
            Calibrated = Probabilities(random);
            Predicted = [.. Enumerable.Range(0, Rows).Select(i => Array.IndexOf(Scores, Scores[(i * Classes)..(i * Classes + Classes)].Max(), i * Classes) - (i * Classes))];
            Confidences = [.. Enumerable.Range(0, Rows).Select(_ => random.NextSingle())];
            Densities = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(-10, 20) / 4f)];
            Sets = [.. Enumerable.Range(0, Rows * Classes).Select(_ => random.Next(2) == 0)];
        }

        public int[] Labels { get; }

        public int[] Predicted { get; }

        public float[] Scores { get; }

        public float[] Calibrated { get; }

        public float[] Confidences { get; }

        public float[] Densities { get; }

        public bool[] Sets { get; }

        public TableView View(uint[]? keys = null, int keyCount = Classes) => new(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), keyCount), keys ?? [.. Labels.Select(label => (uint)label + 1)]),
            TableView.Column.Of("Other", NumberDataViewType.Int32, [.. Labels]),
            TableView.Column.Of("Score", new VectorDataViewType(NumberDataViewType.Single, Classes), Vectors(Scores)),
            TableView.Column.Of("CalibratedScore", new VectorDataViewType(NumberDataViewType.Single, Classes), Vectors(Calibrated)),
            TableView.Column.Of("PredictedLabel", new KeyDataViewType(typeof(uint), Classes), [.. Predicted.Select(predicted => (uint)predicted + 1)]),
            TableView.Column.Of("Confidence", NumberDataViewType.Single, Confidences),
            TableView.Column.Of("DetectionScore", NumberDataViewType.Single, Densities),
            TableView.Column.Of("LogDensity", NumberDataViewType.Single, [.. Densities.Select(density => -density)]),
            TableView.Column.Of("IsInDistribution", BooleanDataViewType.Instance, [.. Densities.Select(density => density >= 0)]),
            TableView.Column.Of("PredictionSet", new VectorDataViewType(BooleanDataViewType.Instance, Classes), Vectors(Sets)));

        private static VBuffer<T>[] Vectors<T>(T[] values) => [.. values.Chunk(Classes).Select(row => new VBuffer<T>(Classes, row))];

        private static float[] Probabilities(Random random) => [.. Enumerable.Range(0, Rows).SelectMany(_ =>
        {
            float[] row = [random.NextSingle(), random.NextSingle(), random.NextSingle()];
            return row.Select(value => value / row.Sum()).ToArray();
        })];
    }
}

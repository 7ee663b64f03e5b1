using Hdge.Detection;
using Hdge.MLNet.Tests.Data;
using Hdge.Metrics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>ML.NET's own evaluators on the log-density: known against unknown rows. They agree with EvaluateHdge.</summary>
public class StockEvaluatorTests
{
    private readonly MLContext _context = Trained.Context;
    private readonly IDataView _known, _unknown;
    private readonly UnknownSetMetrics _ours;

    public StockEvaluatorTests()
    {
        _known = Trained.Model.Transform(Trained.View(_context, 90, first: 500));
        _unknown = Trained.Transformer.Transform(_context.Data.LoadFromEnumerable(TinyImages.Labelled(70, first: 2000).Select(
            image => new LabelledImage { Features = [.. image.Features.Select((value, i) => (value + image.Features[63 - i]) / 2)] })));
        _ours = _context.MulticlassClassification.EvaluateHdge(_known, ("mirrored", _unknown)).Unknowns[0];
    }

    [Fact]
    public void BinaryClassification()
    {
        IDataView both = _context.Data.LoadFromEnumerable(
            Rows(_known).Select(row => new Verdict { Label = true, Score = row.LogDensity, PredictedLabel = row.IsInDistribution })
                .Concat(Rows(_unknown).Select(row => new Verdict { Label = false, Score = row.LogDensity, PredictedLabel = row.IsInDistribution })));

        BinaryClassificationMetrics metrics = _context.BinaryClassification.EvaluateNonCalibrated(both);

        Assert.Equal(_ours.Detection.Auroc, metrics.AreaUnderRocCurve, 1e-9);
        Assert.InRange(metrics.AreaUnderRocCurve, 0.01, 0.99); // neither side is trivial
    }

    [Fact]
    public void AnomalyDetection()
    {
        IDataView both = _context.Data.LoadFromEnumerable(
            Rows(_known).Select(row => new Anomaly { Label = 0, Score = -row.LogDensity, PredictedLabel = !row.IsInDistribution })
                .Concat(Rows(_unknown).Select(row => new Anomaly { Label = 1, Score = -row.LogDensity, PredictedLabel = !row.IsInDistribution })));

        AnomalyDetectionMetrics metrics = _context.AnomalyDetection.Evaluate(both, falsePositiveCount: 5);

        Assert.Equal(_ours.Detection.Auroc, metrics.AreaUnderRocCurve, 1e-9);
        Assert.InRange(metrics.DetectionRateAtFalsePositiveCount, 0, 1);
    }

    [Fact]
    public void ColumnsNeedNoCopy()
    {
        IDataView labelled = _context.Transforms.CustomMapping<ScoredImage, Truth>((row, truth) => truth.IsKnown = row.Number % 3 != 0, null).Fit(_known).Transform(_known);

        BinaryClassificationMetrics metrics = _context.BinaryClassification.EvaluateNonCalibrated(labelled, "IsKnown", "LogDensity", "IsInDistribution");

        ILookup<bool, float> densities = Rows(_known).ToLookup(row => row.Number % 3 != 0, row => row.LogDensity);
        Assert.Equal(Hdge.Metrics.Auroc.Of([.. densities[true]], [.. densities[false]]), metrics.AreaUnderRocCurve, 1e-9);
    }

    private ScoredImage[] Rows(IDataView scored) => Trained.Rows(_context, scored);

    private sealed class Verdict
    {
        public bool Label { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class Anomaly
    {
        public float Label { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class Truth
    {
        public bool IsKnown { get; set; }
    }
}

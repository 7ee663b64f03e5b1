using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>The columns that a transformer adds where they are given a name: calibrated scores and prediction sets.</summary>
public sealed class OptionalColumnTests : IDisposable
{
    private static readonly Lazy<TransformerChain<HdgeTransformer>> Shared = new(() => Trained.Fit(Trained.Context, Options()));

    private readonly MLContext _context = Trained.Context;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"hdge-{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void AreAddedLastAndDescribeThemselves()
    {
        HdgeTransformer model = Shared.Value.LastTransformer;
        DataViewSchema schema = Shared.Value.GetOutputSchema(Trained.View(_context, 3).Schema);

        Assert.Equal(["IsInDistribution", "DetectionScore", "CalibratedScore", "PredictionSet"], schema.TakeLast(4).Select(column => column.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), schema["CalibratedScore"].Type);
        Assert.Equal(new VectorDataViewType(BooleanDataViewType.Instance, 3), schema["PredictionSet"].Type);
        Assert.Equal(NumberDataViewType.Single, schema["DetectionScore"].Type);
        foreach (string name in new[] { "CalibratedScore", "PredictionSet" })
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            schema[name].GetSlotNames(ref names);
            Assert.Equal(model.ClassNames, names.DenseValues().Select(text => text.ToString()));
        }

        Assert.Equal((CalibrationMethod.Vector, ConformalMethod.Aps, 0.8), (model.Model.Calibrator.Method, model.Model.PredictionSets!.Options.Method, model.Model.PredictionSets.Options.Coverage));
    }

    [Fact]
    public void FollowFromTheOthers()
    {
        ConformalPredictor sets = Shared.Value.LastTransformer.Model.PredictionSets!;
        Row[] rows = Rows(Shared.Value);
        Assert.Equal(60, rows.Length);
        Assert.All(rows, row =>
        {
            var expected = new bool[3];
            sets.Predict(row.Score, expected);
            Assert.Equal(expected, row.PredictionSet);
            Assert.Equal(1, row.CalibratedScore.Sum(), 1e-5);
            Assert.Equal(row.CalibratedScore[row.PredictedLabel - 1], row.Confidence);
            Assert.Equal(row.LogDensity + Math.Log(row.Score.Max()), row.DetectionScore, 1e-4); // the largest logit
            Assert.Equal(Shared.Value.LastTransformer.Model.Decision.Keeps(row.DetectionScore), row.IsInDistribution);
        });
        Assert.NotEqual(rows[0].Score, rows[0].CalibratedScore);
    }

    [Fact]
    public void ComeBackFromAFileAndReachPredictionEngines()
    {
        IDataView view = Trained.View(_context, 60);
        _context.Model.Save(Shared.Value, view.Schema, _file);
        ITransformer loaded = new MLContext().Model.Load(_file, out _);

        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(Rows(Shared.Value)), System.Text.Json.JsonSerializer.Serialize(Rows(loaded)));
        var alone = _context.Model.CreatePredictionEngine<LabelledImage, Row>(loaded).Predict(TinyImages.Labelled(1)[0]);
        Assert.Equal(Rows(loaded)[0].PredictionSet, alone.PredictionSet); // although it is scored in a batch of another size
        ((IDisposable)loaded).Dispose();
    }

    [Fact]
    public void AreEvaluated()
    {
        HdgeMetrics metrics = _context.MulticlassClassification.EvaluateHdge(Shared.Value.Transform(Trained.View(_context, 60)));
        Row[] rows = Rows(Shared.Value);

        Assert.Equal(rows.Average(row => row.PredictionSet.Count(member => member)), metrics.PredictionSets!.MeanSize, 1e-12);
        Assert.Equal(60, metrics.Calibrated!.Count);
        Assert.Equal(3, _context.MulticlassClassification.Evaluate(Shared.Value.Transform(Trained.View(_context, 60)), scoreColumnName: "CalibratedScore").ConfusionMatrix.NumberOfClasses);
    }

    [Fact]
    public void TheOutlineTellsOfThem()
    {
        IDataView view = Trained.View(_context, 40);
        var chain = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.Hdge(Options()))
            .Append(_context.Transforms.Concatenate("Both", "Score", "CalibratedScore"))
            .Append(_context.Transforms.Conversion.ConvertType("Members", "PredictionSet", DataKind.Single));
        using var model = chain.Append(_context.Transforms.Concatenate("Two", "LogDensity", "DetectionScore")).Fit(view);
        DataViewSchema schema = model.GetOutputSchema(view.Schema);

        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 6), schema["Both"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), schema["Members"].Type);
    }

    [Fact]
    public void WrongOptionsAreRefused()
    {
        HdgeTrainer.Options twice = Options(), nothingHeldOut = Options(), coverage = Options();
        twice.PredictionSetColumnName = "Score";
        nothingHeldOut.ValidationFraction = 0;
        coverage.Coverage = 1;

        Assert.Contains("'Score'", Assert.Throws<ArgumentException>(() => Trained.Fit(_context, twice)).Message, StringComparison.Ordinal);
        Assert.Contains("ValidationFraction is 0", Assert.Throws<ArgumentException>(() => Trained.Fit(_context, nothingHeldOut)).Message, StringComparison.Ordinal);
        Assert.Contains("Coverage is 1", Assert.Throws<ArgumentOutOfRangeException>(() => Trained.Fit(_context, coverage)).Message, StringComparison.Ordinal);
    }

    private static HdgeTrainer.Options Options()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.CalibratedScoreColumnName = "CalibratedScore";
        options.PredictionSetColumnName = "PredictionSet";
        options.CalibrationMethod = CalibrationMethod.Vector;
        options.PredictionSetMethod = ConformalMethod.Aps;
        options.Coverage = 0.8;
        options.DetectionScore = Detection.DetectionScore.MaxLogit;
        return options;
    }

    private Row[] Rows(ITransformer model) => [.. _context.Data.CreateEnumerable<Row>(model.Transform(Trained.View(_context, 60)), reuseRowObject: false)];

    private sealed class Row
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];

        public float Confidence { get; set; }

        public float LogDensity { get; set; }

        public float DetectionScore { get; set; }

        public bool IsInDistribution { get; set; }

        public float[] CalibratedScore { get; set; } = [];

        public bool[] PredictionSet { get; set; } = [];
    }
}

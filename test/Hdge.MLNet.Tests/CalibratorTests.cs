using Hdge.Calibration;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Calibrators of any Score column: on tables whose every value is known, and behind a stock trainer.</summary>
public sealed class CalibratorTests : IDisposable
{
    private const int Rows = 300, Classes = 3;

    private readonly MLContext _context = Trained.Context;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"hdge-{Guid.NewGuid():N}.zip");
    private readonly int[] _labels;
    private readonly float[] _logits;

    public CalibratorTests()
    {
        var random = new Random(8);
        _labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(Classes))];
        _logits = [.. _labels.SelectMany(label => Enumerable.Range(0, Classes).Select(c => (6 * (random.NextSingle() - 0.5f)) + (c == label ? 2 : 0)))];
    }

    public void Dispose() => File.Delete(_file);

    private MulticlassCalibrators Calibrators => _context.MulticlassClassification.Calibrators;

    [Theory]
    [InlineData(nameof(CalibrationMethod.Auto))]
    [InlineData(nameof(CalibrationMethod.None))]
    [InlineData(nameof(CalibrationMethod.Temperature))]
    [InlineData(nameof(CalibrationMethod.Vector))]
    [InlineData(nameof(CalibrationMethod.Matrix))]
    [InlineData(nameof(CalibrationMethod.Isotonic))]
    [InlineData(nameof(CalibrationMethod.Histogram))]
    public void LogitsBecomeWhatTheMethodMakesOfThem(string name)
    {
        var method = CalibrationMethod.Parse(name);
        TableView view = Table(_logits);
        Calibrator expected = CalibratorFitting.Fit(_logits, _labels, Classes, method, seed: 4).Calibrator;
        var probabilities = new float[_logits.Length];
        expected.Apply(_logits, probabilities);

        MulticlassCalibratorTransformer model = Calibrators.Of(new MulticlassCalibratorEstimator.Options { Method = method, Seed = 4 }).Fit(view);
        Scored[] rows = Read(model.Transform(view));

        Assert.Equal((expected.Method, ScoreKind.Logits), (model.Calibrator.Method, model.ScoreKind));
        Assert.Equal(method == CalibrationMethod.Auto, model.Candidates.Count > 0);
        Assert.Equal(probabilities, rows.SelectMany(row => row.Score));
        Assert.All(rows, row => Assert.Equal(row.Score.Max(), row.Score[row.PredictedLabel - 1]));
        if (name is nameof(CalibrationMethod.None) or nameof(CalibrationMethod.Temperature))
            Assert.Equal(Predicted(_logits), rows.Select(row => row.PredictedLabel));
    }

    [Fact]
    public void NamedMethodsAreThatMethod()
    {
        TableView view = Table(_logits);
        Assert.Equal(
            [CalibrationMethod.Temperature, CalibrationMethod.EnsembleTemperature, CalibrationMethod.Vector, CalibrationMethod.Matrix, CalibrationMethod.Isotonic, CalibrationMethod.Histogram, CalibrationMethod.DensityTemperature],
            new[] { Calibrators.Temperature(), Calibrators.EnsembleTemperature(), Calibrators.Vector(), Calibrators.Matrix(), Calibrators.Isotonic(), Calibrators.Histogram(), Calibrators.DensityTemperature() }
                .Select(estimator => estimator.Fit(view).Calibrator.Method));
        Assert.NotEmpty(Calibrators.Auto().Fit(view).Candidates);
    }

    [Fact]
    public void ProbabilitiesAreTakenAsTheirLogarithms()
    {
        float[] probabilities = Softmax(_logits);
        MulticlassCalibratorTransformer ofLogits = Calibrators.Temperature().Fit(Table(_logits)), ofProbabilities = Calibrators.Temperature().Fit(Table(probabilities));

        Assert.Equal((ScoreKind.Logits, ScoreKind.Probabilities), (ofLogits.ScoreKind, ofProbabilities.ScoreKind));
        Assert.Equal(((TemperatureCalibrator)ofLogits.Calibrator).Temperature, ((TemperatureCalibrator)ofProbabilities.Calibrator).Temperature, 1e-4);
        foreach (var (a, b) in Read(ofLogits.Transform(Table(_logits))).Zip(Read(ofProbabilities.Transform(Table(probabilities)))))
            for (int c = 0; c < Classes; c++)
                Assert.Equal(a.Score[c], b.Score[c], 1e-4f);
    }

    [Fact]
    public void AutoNeedsEveryRowToHoldProbabilities()
    {
        float[] scores = Softmax(_logits);
        scores[^1] += 0.01f; // within 0..1, but the sum is not 1
        Assert.Equal(ScoreKind.Logits, Calibrators.Temperature().Fit(Table(scores)).ScoreKind);
        var logits = new MulticlassCalibratorEstimator.Options { ScoreKind = ScoreKind.Logits };
        Assert.Equal(ScoreKind.Logits, Calibrators.Of(logits).Fit(Table(Softmax(_logits))).ScoreKind);
        var probabilities = new MulticlassCalibratorEstimator.Options { ScoreKind = ScoreKind.Probabilities };
        Refused<InvalidDataException>(() => Calibrators.Of(probabilities).Fit(Table(scores)), "'Score'", "row 299", "sum 1");
        MulticlassCalibratorTransformer fitted = Calibrators.Temperature().Fit(Table(Softmax(_logits)));
        Refused<InvalidDataException>(() => Read(fitted.Transform(Table(_logits))), "'Score'", "row 0", "sum 1");
    }

    [Fact]
    public void ColumnsCanBeNamedAndLeft()
    {
        TableView view = Table(_logits);
        var options = new MulticlassCalibratorEstimator.Options { Method = CalibrationMethod.Matrix, OutputColumnName = "Probability", PredictedLabelColumnName = null };
        MulticlassCalibratorTransformer model = Calibrators.Of(options).Fit(view);
        options.OutputColumnName = "Changed";
        IDataView calibrated = model.Transform(view);

        Assert.Equal(["Label", "Score", "PredictedLabel", "Probability"], calibrated.Schema.Select(column => column.Name));
        Assert.Equal(_logits, calibrated.GetColumn<float[]>("Score").SelectMany(row => row));
        Assert.Equal(Predicted(_logits), calibrated.GetColumn<uint>("PredictedLabel"));
        Assert.All(calibrated.GetColumn<float[]>("Probability"), row => Assert.Equal(1, row.Sum(), 1e-5));
    }

    [Fact]
    public void NothingIsComputedForColumnsOfTheInput()
    {
        TableView view = Table(_logits);
        MulticlassCalibratorTransformer model = Calibrators.Temperature().Fit(view);
        int pulled = view.Pulls("Score");

        Assert.Equal(_labels.Select(label => (uint)label + 1), model.Transform(view).GetColumn<uint>("Label"));

        Assert.Equal(pulled, view.Pulls("Score"));
        Assert.Equal(["Label"], view.Asked);
    }

    [Fact]
    public void FollowsAStockTrainerIntoAFile()
    {
        IDataView training = Trained.View(_context, 60), heldOut = Trained.View(_context, 90, first: 300);
        var model = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.MulticlassClassification.Trainers.SdcaMaximumEntropy())
            .Fit(training);
        TransformerChain<MulticlassCalibratorTransformer> calibrated = model.Append(Calibrators.Temperature().Fit(model.Transform(heldOut)));
        _context.Model.Save(calibrated, training.Schema, _file);
        var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(_file, out _);

        Assert.Equal(ScoreKind.Probabilities, calibrated.LastTransformer.ScoreKind);
        Assert.Equal(ScoreKind.Probabilities, Assert.IsType<MulticlassCalibratorTransformer>(loaded.LastTransformer).ScoreKind);
        Scored[] expected = Read(calibrated.Transform(heldOut)), actual = Read(loaded.Transform(heldOut));
        Assert.Equal(expected.SelectMany(row => row.Score), actual.SelectMany(row => row.Score));
        Assert.Equal(Read(model.Transform(heldOut)).Select(row => row.PredictedLabel), actual.Select(row => row.PredictedLabel));

        var engine = _context.Model.CreatePredictionEngine<LabelledImage, Scored>(loaded);
        foreach (LabelledImage image in TinyImages.Labelled(3, first: 300))
            Assert.Equal(expected[image.Number - 300].Score, engine.Predict(image).Score);

        // Other stock steps find what they look for: names of the classes, and the key values of the prediction.
        IDataView scored = loaded.Transform(heldOut);
        DataViewSchema before = model.Transform(heldOut).Schema;
        foreach (string name in new[] { "Score", "PredictedLabel" })
        {
            Assert.Equal(before[name].Type, scored.Schema[name].Type);
            Assert.Equal(before[name].Annotations.Schema.Select(column => column.Name), scored.Schema[name].Annotations.Schema.Select(column => column.Name));
        }

        double likelihood = expected.Zip(heldOut.GetColumn<string>("Label")).Average(pair => -Math.Log(pair.First.Score[Array.IndexOf(["row", "column", "diagonal"], pair.Second)]));
        Assert.Equal(likelihood, _context.MulticlassClassification.Evaluate(scored).LogLoss, 1e-5);
        IDataView named = _context.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(scored).Transform(scored);
        Assert.All(named.GetColumn<string>("Name"), name => Assert.Contains(name, new[] { "row", "column", "diagonal" }));
    }

    [Fact]
    public void FitsInAChain()
    {
        var chain = _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.MulticlassClassification.Trainers.SdcaMaximumEntropy())
            .Append(Calibrators.Isotonic())
            .Append(_context.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"))
            .Append(_context.Transforms.Concatenate("Both", "Score"));
        IDataView view = Trained.View(_context, 60);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), chain.Fit(view).Transform(view).Schema["Both"].Type);
    }

    [Fact]
    public void RowsWithoutALabelAreLeftOut()
    {
        uint[] keys = [.. _labels.Select((label, i) => i < 100 ? 0 : (uint)label + 1)];
        string log = "";
        _context.Log += (_, entry) => log += entry.Message;

        var model = Calibrators.Temperature().Fit(Table(_logits, keys));

        Assert.Equal(TemperatureCalibrator.Fit(new(_logits.AsSpan(300), _labels.AsSpan(100), Classes)).Temperature, ((TemperatureCalibrator)model.Calibrator).Temperature);
        Assert.Contains("100 rows were left out", log, StringComparison.Ordinal);
    }

    [Fact]
    public void BadInputIsRefused()
    {
        TableView view = Table(_logits);
        Refused<ArgumentException>(() => Calibrators.Auto("Class").Fit(view), "label column 'Class' is missing", "'Label', 'Score', 'PredictedLabel'");
        Refused<ArgumentException>(() => Calibrators.Auto(scoreColumnName: "Label").Fit(view), "score column 'Label' has the type", "expected a vector of Single");
        Refused<ArgumentException>(() => Calibrators.Auto("Score").Fit(view), "label column 'Score' has the type", "expected a key");
        Refused<ArgumentException>(() => Calibrators.Auto().Fit(Table(_logits, keyCount: 5)), "'Label' has 5 values, expected 3");
        Refused<ArgumentException>(() => Options(options => options.PredictedLabelColumnName = "Class").Fit(view), "predicted label column 'Class' is missing");
        Refused<ArgumentException>(() => Options(options => options.PredictedLabelColumnName = "Score"), "'Score'");
        Refused<ArgumentException>(() => Options(options => options.Folds = 1), "Folds is 1", "at least 2");
        Refused<ArgumentException>(() => Options(options => options.Method = null!), "Method");
        Refused<ArgumentException>(() => Options(options => options.OutputColumnName = ""), "OutputColumnName");
        Refused<InvalidDataException>(() => Calibrators.Auto().Fit(Table(_logits, [.. _labels.Select(_ => 0u)])), "0 rows with a value in the label column 'Label'");
        MulticlassCalibratorTransformer model = Calibrators.Temperature().Fit(view);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            float[] scores = [.. _logits];
            scores[(17 * Classes) + 1] = bad;
            Refused<InvalidDataException>(() => Calibrators.Temperature().Fit(Table(scores)), "'Score'", "row 17", "finite");
            Refused<InvalidDataException>(() => Read(model.Transform(Table(scores))), "'Score'", "row 17", "finite");
        }

        Refused<ArgumentException>(() => model.Transform(Trained.View(_context, 3)), "score column 'Score' is missing");
    }

    private MulticlassCalibratorEstimator Options(Action<MulticlassCalibratorEstimator.Options> change)
    {
        var options = new MulticlassCalibratorEstimator.Options();
        change(options);
        return Calibrators.Of(options);
    }

    private static void Refused<T>(Func<object> action, params string[] says)
        where T : Exception
    {
        string message = Assert.ThrowsAny<T>(action).Message;
        Assert.All(says, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private static float[] Softmax(float[] logits) => [.. logits.Chunk(Classes).SelectMany(row => row.Select(f => (float)(Math.Exp(f) / row.Sum(g => Math.Exp(g)))))];

    private static uint[] Predicted(float[] scores) => [.. scores.Chunk(Classes).Select(row => (uint)Array.IndexOf(row, row.Max()) + 1)];

    private Scored[] Read(IDataView view) => [.. _context.Data.CreateEnumerable<Scored>(view, reuseRowObject: false)];

    private TableView Table(float[] scores, uint[]? keys = null, int keyCount = Classes) => new(
        TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), keyCount), keys ?? [.. _labels.Select(label => (uint)label + 1)]),
        TableView.Column.Of("Score", new VectorDataViewType(NumberDataViewType.Single, Classes), [.. scores.Chunk(Classes).Select(row => new VBuffer<float>(Classes, row))]),
        TableView.Column.Of("PredictedLabel", new KeyDataViewType(typeof(uint), Classes), Predicted(scores)));

    private sealed class Scored
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}

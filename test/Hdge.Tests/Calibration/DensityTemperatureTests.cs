using Hdge.Calibration;
using Hdge.Detection;
using Hdge.Persistence;
using Hdge.Training;

namespace Hdge.Tests.Calibration;

public class DensityTemperatureTests
{
    private const int Classes = 4;
    private static readonly DetectionScore Score = DetectionScore.LogDensity;

    /// <summary>T by its formula.</summary>
    internal static double Temperature(DensityTemperatureCalibrator calibrator, double score) =>
        Math.Log(1 + Math.Exp(calibrator.Intercept - calibrator.Slope * Math.Min((score - calibrator.Mean) / calibrator.Deviation, calibrator.Highest)));

    [Fact]
    public void ProbabilitiesAreSoftmaxAtTheTemperatureOfTheScore()
    {
        var (data, scores) = Draw(31, 1500);
        var calibrator = Fit(data, scores);
        Assert.Equal((true, CalibrationMethod.DensityTemperature), (calibrator.TakesScore, calibrator.Method));
        var found = new float[data.Values.Length];
        calibrator.Apply(data.Values, scores, found);
        for (int i = 0; i < scores.Length; i++)
        {
            double[] expected = Logits.Softmax([.. data.Row(i).Select(f => f / Temperature(calibrator, scores[i]))]);
            for (int c = 0; c < Classes; c++)
                Assert.Equal(expected[c], found[i * Classes + c], 2e-6);
        }
        Assert.Equal(scores.Average(s => (double)s), calibrator.Mean, 1e-6);
        Assert.Equal((scores.Max() - calibrator.Mean) / calibrator.Deviation, calibrator.Highest, 1e-9);
    }

    [Fact]
    public void ALowerScoreNeverRaisesTheConfidence()
    {
        var (data, scores) = Draw(32, 1000);
        var calibrator = Fit(data, scores);
        Assert.True(calibrator.Slope > 0);
        float[] logits = [3, 1, 0, -2];
        float before = 1;
        foreach (float score in new[] { float.PositiveInfinity, 1e30f, 100, 1, 0, -1, -3, -10, -100, -1e30f, float.NegativeInfinity })
        {
            float confidence = Confidence(calibrator, logits, score);
            Assert.InRange(confidence, 0.25f, before);
            before = confidence;
        }
        Assert.Equal(Confidence(calibrator, logits, scores.Max()), Confidence(calibrator, logits, float.PositiveInfinity));
        Assert.Equal(0.25f, Confidence(calibrator, logits, float.NegativeInfinity));
        Assert.Equal(0.25f, Confidence(calibrator, logits, float.NaN));
    }

    [Fact]
    public void TheLikeliestSlopeIsFound()
    {
        var (data, scores) = Draw(33, 3000);
        var calibrator = Fit(data, scores);
        double plain = Assert.IsType<TemperatureCalibrator>(CalibratorFitting.Fit(data.Values, data.Labels, Classes, CalibrationMethod.Temperature).Calibrator).Temperature;
        Assert.Equal(plain, calibrator.Temperature);
        double fitted = Loss(data, i => Temperature(calibrator, scores[i]));
        Assert.True(fitted < Loss(data, _ => plain) - 0.02, "the temperature does not follow what the labels were drawn from");
        Assert.InRange(fitted, 0, Loss(data, i => True(scores[i])) + 0.002);
        foreach (double factor in new[] { 0.5, 2 }) // with whatever intercept
            Assert.True(fitted <= Enumerable.Range(0, 40).Min(step => Loss(data, i => Temperature(new(Classes, Score, 1, -4 + step * 0.4, factor * calibrator.Slope, calibrator.Mean, calibrator.Deviation, calibrator.Highest), scores[i]))));
    }

    [Fact]
    public void AScoreThatRunsTheWrongWayLeavesThePlainTemperature()
    {
        var (data, scores) = Draw(36, 800);
        var calibrator = Fit(data, [.. scores.Select(s => -s)]);
        Assert.Equal(0, calibrator.Slope);
        Assert.Equal(calibrator.Temperature, calibrator.TemperatureAt(-7), 1e-9);
    }

    [Fact]
    public void ScoresThatDoNotVaryLeaveOneTemperature()
    {
        var (data, _) = Draw(34, 400);
        var calibrator = Fit(data, [.. Enumerable.Repeat(2.5f, 400)]);
        double plain = calibrator.Temperature;
        Assert.Equal(plain, Temperature(calibrator, 2.5), 1e-3);
    }

    [Fact]
    public void WithoutTheScoreItIsRefused()
    {
        var (data, scores) = Draw(35, 200);
        var calibrator = Fit(data, scores);
        Assert.Contains("0 scores for 1 rows", Assert.Throws<ArgumentException>(() => calibrator.Apply([1, 2, 3, 4], new float[4])).Message, StringComparison.Ordinal);
        Assert.Equal(Confidence(calibrator, [1, 2, 3, 4], 1), Confidence(Assert.IsType<DensityTemperatureCalibrator>(Calibrator.FromJson(calibrator.ToJson())), [1, 2, 3, 4], 1));
        Assert.Contains("3 scores", Assert.Throws<ArgumentException>(() => new LabelledLogits(data.Values, data.Labels, Classes, Score, new float[3])).Message, StringComparison.Ordinal);
        scores[7] = float.NaN;
        Assert.Contains("image 7", Assert.Throws<ArgumentException>(() => new LabelledLogits(data.Values, data.Labels, Classes, Score, scores)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelFollowsTheScoreThatDecides()
    {
        var (images, heldOut) = (SmallImages.Patterns(120), SmallImages.Patterns(60, seed: 77));
        using var model = ModelTrainer.Train(images, heldOut, SmallImages.Quick with { CalibrationMethod = CalibrationMethod.DensityTemperature, Detection = new() { Score = DetectionScore.MaxLogit, Also = [DetectionScore.NearestNeighbors] } });
        Check(model, DetectionScore.MaxLogit);
        model.FitDetectors(images, heldOut, new() { Score = DetectionScore.NearestNeighbors });
        Check(model, DetectionScore.NearestNeighbors);
        model.Calibrate(heldOut, method: CalibrationMethod.DensityTemperature);
        Check(model, DetectionScore.NearestNeighbors);
        using var stream = new MemoryStream();
        model.Save(stream);
        using (var loaded = HdgeModel.Load(stream, "cpu"))
        {
            Check(loaded, DetectionScore.NearestNeighbors);
            Assert.Equal(model.Score(images).Confidence, loaded.Score(images).Confidence);
        }
        model.Decision = model.Decision with { Score = DetectionScore.LogDensity };
        using var other = new MemoryStream();
        model.Save(other);
        Assert.Contains("goes by the score nearest-neighbors", Assert.Throws<InvalidDataException>(() => HdgeModel.Load(other, "cpu")).Message, StringComparison.OrdinalIgnoreCase);

        void Check(HdgeModel model, DetectionScore score)
        {
            var calibrator = Assert.IsType<DensityTemperatureCalibrator>(model.Calibrator);
            Assert.Equal((score, score), (calibrator.Score, model.Decision.Score));
            var scores = model.Score(images);
            float[] logits = model.Logits(images), expected = new float[logits.Length];
            calibrator.Apply(logits, scores.DetectionScore.AsSpan(0, images.Count), expected);
            Assert.Equal(expected, scores.CalibratedProbabilities);
            Assert.Equal(Fit(new(model.Logits(heldOut), heldOut.Labels.ToArray(), 3), model.DetectionScores(heldOut, [score])[score], score).ToJson(), calibrator.ToJson());
        }
    }

    private static DensityTemperatureCalibrator Fit(Logits data, float[] scores, DetectionScore? score = null) => Assert.IsType<DensityTemperatureCalibrator>(
        CalibratorFitting.Fit(new LabelledLogits(data.Values, data.Labels, data.ClassCount, score ?? Score, scores), CalibrationMethod.DensityTemperature).Calibrator);

    private static float Confidence(DensityTemperatureCalibrator calibrator, float[] logits, float score)
    {
        var p = new float[logits.Length];
        calibrator.Apply(logits, [score], p);
        return p.Max();
    }

    private static double Loss(Logits data, Func<int, double> temperature) =>
        data.Labels.Select((label, i) => -Math.Log(Logits.Softmax([.. data.Row(i).Select(f => f / temperature(i))])[label])).Average();

    private static double True(double score) => Math.Log(1 + Math.Exp(1.5 - 1.2 * score));

    /// <summary>Labels of a temperature that falls as a normal score rises.</summary>
    private static (Logits Data, float[] Scores) Draw(int seed, int count)
    {
        var random = new Random(seed);
        var (values, labels, scores) = (new float[count * Classes], new int[count], new float[count]);
        for (int i = 0; i < count; i++)
        {
            scores[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            for (int c = 0; c < Classes; c++)
                values[i * Classes + c] = (float)(8 * random.NextDouble());
            double[] p = Logits.Softmax([.. values.Skip(i * Classes).Take(Classes).Select(f => f / True(scores[i]))]);
            double at = random.NextDouble();
            while (labels[i] < Classes - 1 && (at -= p[labels[i]]) > 0)
                labels[i]++;
        }
        return (new(values, labels, Classes), scores);
    }
}

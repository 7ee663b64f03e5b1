using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Onnx;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>What a file says, run as anybody runs it, against what the model says.</summary>
public class ExportTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Networks => [.. Models.Networks.Keys];

    [Theory]
    [MemberData(nameof(Networks))]
    public void EveryNetworkWithEveryDetectorSaysTheSame(string network)
    {
        using var model = Models.Create(network);
        var test = Models.Images(model.InputShape, 40, 3);
        foreach (var score in DetectorRegistry.GradientFree)
        {
            model.Decision = Decision.Fit(score, model.DetectionScores(Models.Images(model.InputShape, 120, 2), [score])[score], 0.8);
            Same(model, test, Models.Save(model));
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void EveryNetworkWithEveryCalibratorSaysTheSame(string network)
    {
        using var model = Models.Create(network);
        var test = Models.Images(model.InputShape, 40, 3);
        foreach (var method in CalibrationMethod.BuiltIn.Append(CalibrationMethod.DensityTemperature))
        {
            model.Calibrate(Models.Images(model.InputShape, 120, 2), 0.8, method);
            Same(model, test, Models.Save(model));
        }
    }

    [Fact]
    public void EveryOperatorSetSaysTheSame()
    {
        using var model = Models.Create("WRN, layer norm", DetectionScore.Gen, new(), CalibrationMethod.Isotonic);
        var test = Models.Images(model.InputShape, 40, 3);
        for (int opset = 11; opset <= 17; opset++)
            Same(model, test, Models.Save(model, new() { Opset = opset }));
    }

    [Fact]
    public void BytesAndScaledValuesSayTheSame()
    {
        using var model = Models.Create("WRN, batch norm", scaling: new PixelScaling { Scale = 1 / 255f, Mean = [0.4f, 0.6f], StandardDeviation = [0.2f, 0.3f] });
        var test = Models.Images(model.InputShape, 40, 3);
        Same(model, test, Models.Save(model, new() { Input = OnnxInput.Single }));
        var expected = model.Score(test);
        Same(expected, model, Runtime.Run(Models.Save(model, new() { Input = OnnxInput.Byte }), test.Bytes(0, test.Count).ToArray(), test.Count));
    }

    [Fact]
    public void ImagesOutOfRangeAreFlagged()
    {
        using var model = Models.Create("WRN, batch norm");
        var test = Models.Images(model.InputShape, 4, 3);
        float[] pixels = Models.Singles(test);
        for (int i = 0; i < model.InputShape.Length; i++)
            (pixels[i], pixels[model.InputShape.Length + i]) = (pixels[i] * 255, 0.3f); // bytes that nobody divided; a blank image
        model.Decision = new() { Score = DetectionScore.LogDensity, Lower = double.NegativeInfinity, Upper = double.PositiveInfinity };
        var scores = new ScoreBatch(4, 3);
        model.Score(pixels, 4, scores);
        Assert.Equal([false, false, true, true], scores.IsInDistribution.AsSpan(0, 4).ToArray());
        Assert.Equal([false, false, true, true], (bool[])Runtime.Run(Models.Save(model), pixels, 4)["IsInDistribution"]);
        pixels[^1] = float.NaN;
        Assert.Equal([false, false, true, false], (bool[])Runtime.Run(Models.Save(model), pixels, 4)["IsInDistribution"]);
    }

    [Theory]
    [InlineData(ConformalMethod.Thr, true)]
    [InlineData(ConformalMethod.Aps, false)]
    [InlineData(ConformalMethod.Raps, false)]
    public void PredictionSetsAreTheSameWhereNothingIsDrawn(ConformalMethod method, bool allowEmpty)
    {
        using var model = Models.Create("WRN, batch norm", sets: new() { Method = method, Randomized = false, AllowEmpty = allowEmpty, Coverage = 0.7, RegularizationRank = 1 });
        var test = Models.Images(model.InputShape, 60, 3);
        var expected = model.Score(test);
        var sets = (bool[])Runtime.Run(Models.Save(model), Models.Singles(test), test.Count)["PredictionSet"];
        var inSet = new bool[3];
        for (int i = 0; i < test.Count; i++)
        {
            model.PredictionSets!.Predict(expected.Probabilities.AsSpan(i * 3, 3), inSet);
            Assert.Equal(inSet, sets.AsSpan(i * 3, 3).ToArray());
        }
    }

    [Fact]
    public void DrawnPredictionSetsKeepTheirCoverage()
    {
        using var model = Models.Create("WRN, batch norm", sets: new() { Method = ConformalMethod.Aps, Coverage = 0.8, AllowEmpty = true });
        var test = Models.Images(model.InputShape, 3000, 3);
        var scores = model.Score(test);
        model.PredictionSets = ConformalPredictor.Fit(scores.Probabilities.AsSpan(0, 4500), test.Labels[..1500], 3, model.PredictionSets!.Options);
        var sets = (bool[])Runtime.Run(Models.Save(model), Models.Singles(test), test.Count)["PredictionSet"];
        double covered = Enumerable.Range(1500, 1500).Count(i => sets[i * 3 + test.Labels[i]]) / 1500.0;
        Assert.InRange(covered, 0.8 - 0.045, 0.8 + 0.045); // three standard errors of both samples
    }

    [Fact]
    public void WhatHasNoGraphIsRefusedByName()
    {
        using var model = Models.Create("WRN, batch norm");
        foreach (var score in new[] { DetectionScore.Odin, DetectionScore.ApproximateMass })
        {
            model.Decision = new() { Score = score, Lower = 0, Upper = 1 };
            var error = Assert.Throws<NotSupportedException>(() => Models.Save(model));
            Assert.Contains($"'{score}'", error.Message, StringComparison.Ordinal);
            Assert.Contains("gradients", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The file as anybody runs it, and as HdgeOnnxModel does.</summary>
    private static void Same(HdgeModel model, ImageSet test, byte[] file)
    {
        var expected = model.Score(test);
        double noise = Noise(model, test, expected);
        Same(expected, model, Runtime.Run(file, Models.Singles(test, test.IsBytes ? model.Scaling.Scale : 1), test.Count), noise);
        using var exported = HdgeOnnxModel.Load(new MemoryStream(file), new() { Threads = 1 });
        var found = exported.Score(test);
        Same(expected, model, new()
        {
            ["Score"] = found.Probabilities,
            ["LogDensity"] = found.LogDensity,
            ["Confidence"] = found.Confidence,
            ["CalibratedScore"] = found.CalibratedProbabilities,
            ["DetectionScore"] = found.DetectionScore,
            ["PredictedLabel"] = found.PredictedClass.Select(c => (uint)c + 1).ToArray(),
            ["IsInDistribution"] = found.IsInDistribution,
        }, noise);
    }

    /// <summary>
    /// Ranks are as steep as held-out scores are close, and so amplify what single precision leaves of a score: by how much tells the model's own score of an image alone and among others.
    /// </summary>
    private static double Noise(HdgeModel model, ImageSet test, ScoreBatch expected)
    {
        if (model.Decision.Score != DetectionScore.RankAverage && model.Decision.Score != DetectionScore.Combination)
            return 0;
        return 4 * Enumerable.Range(0, test.Count).Max(i => Math.Abs(model.Score(test.Subset([i])).DetectionScore[0] - expected.DetectionScore[i]));
    }

    private static void Same(ScoreBatch expected, HdgeModel model, Dictionary<string, Array> found, double noise = 0)
    {
        string what = $"{model.NetworkOptions}, {model.Calibrator.Method}, {model.Decision.Score}";
        Close(what, expected.Probabilities, found["Score"]);
        Close(what, expected.LogDensity, found["LogDensity"]);
        Close(what, expected.Confidence, found["Confidence"]);
        Close(what, expected.CalibratedProbabilities, found["CalibratedScore"]);
        double spread = Scored.Spread(expected.DetectionScore);
        Close(what, expected.DetectionScore, found["DetectionScore"], spread, noise);
        Assert.Equal(expected.PredictedClass.Select(c => (uint)c + 1), (uint[])found["PredictedLabel"]);
        Assert.Contains(true, expected.IsInDistribution);
        for (int i = 0; i < expected.Count; i++)
            Assert.True(expected.IsInDistribution[i] == ((bool[])found["IsInDistribution"])[i] || Near(expected.DetectionScore[i]), $"{what}: flag of image {i}");

        bool Near(float score) => Math.Min(Math.Abs(score - model.Decision.Lower), Math.Abs(score - model.Decision.Upper)) < Math.Max(noise, Tolerance * Math.Max(Math.Max(1, spread), Math.Abs(score)));
    }

    private static void Close(string what, float[] expected, Array found, double spread = 1, double noise = 0)
    {
        float[] values = (float[])found;
        Assert.Equal(expected.Length, values.Length);
        string[] off = [.. expected.Zip(values).Where(p => !(Math.Abs(p.First - p.Second) <= Math.Max(noise, Tolerance * Math.Max(Math.Max(1, spread), Math.Abs(p.First))))).Select(p => FormattableString.Invariant($"{p.First} became {p.Second}"))];
        Assert.True(off.Length == 0, $"{what}: {string.Join("; ", off)}");
    }
}

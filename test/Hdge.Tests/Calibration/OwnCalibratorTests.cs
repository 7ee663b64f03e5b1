using System.Text.Json;
using Example;
using Hdge.Calibration;

namespace Hdge.Tests.Calibration;

/// <summary>A calibrator that a program adds: docs/calibration.md's.</summary>
public class OwnCalibratorTests
{
    private static readonly CalibrationMethod s_blend = CalibrationMethod.Register("Blend", BlendCalibrator.Fit);

    [Fact]
    public void ItIsFittedAppliedAndKeptLikeTheBuiltInOnes()
    {
        var data = Logits.Draw(51, 400, [0.5, 0.5, 0.5]);
        for (int i = 0; i < 400; i += 4)
            data.Labels[i] = i / 4 % 3; // a quarter of the labels says nothing
        var fit = CalibratorFitting.Fit(data.Values, data.Labels, 3, s_blend);
        Assert.Empty(fit.Candidates);
        var calibrator = Assert.IsType<BlendCalibrator>(fit.Calibrator);
        Assert.Equal((s_blend, 3), (calibrator.Method, calibrator.ClassCount));
        Assert.InRange(calibrator.Weight, 0.01, 0.99);
        Assert.Equal("Calibrator: Blend for 3 classes", calibrator.ToString());

        var (found, read) = (new float[3], new float[3]);
        calibrator.Apply(data.Values.AsSpan(0, 3), found);
        double[] softmax = Logits.Softmax(data.Row(0));
        for (int c = 0; c < 3; c++)
            Assert.Equal((1 - calibrator.Weight) * softmax[c] + calibrator.Weight / 3, found[c], 1e-6);
        var again = Calibrator.FromJson(calibrator.ToJson());
        Assert.IsType<BlendCalibrator>(again).Apply(data.Values.AsSpan(0, 3), read);
        Assert.Equal(found, read);
        Assert.StartsWith("{\"method\":\"blend\"", calibrator.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void ItServesAModelAndItsFile()
    {
        var options = SmallImages.Quick with { Epochs = 1, CalibrationMethod = s_blend };
        using var model = Training.ModelTrainer.Train(SmallImages.Patterns(60), options);
        using var file = new MemoryStream();
        model.Save(file);
        using var loaded = HdgeModel.Load(file, "cpu");
        Assert.Equal(((BlendCalibrator)model.Calibrator).Weight, Assert.IsType<BlendCalibrator>(loaded.Calibrator).Weight);
        Assert.Equal(model.Score(SmallImages.Patterns(20)).CalibratedProbabilities, loaded.Score(SmallImages.Patterns(20)).CalibratedProbabilities);
    }

    [Fact]
    public void AMethodThatIsNotRegisteredIsNamedWithTheCure()
    {
        string message = Assert.Throws<InvalidDataException>(() => Calibrator.FromJson("""{"method":"spline","ClassCount":2,"Knots":[1]}""")).Message;
        Assert.Contains("The calibration method 'spline' is not registered in this program, which knows None, Temperature, EnsembleTemperature, Vector, Matrix, Isotonic, Histogram, DensityTemperature", message, StringComparison.Ordinal);
        Assert.Contains("Call CalibrationMethod.Register(\"spline\", …)", message, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", message, StringComparison.Ordinal);
        Assert.Contains("'spline'", Assert.Throws<ArgumentException>(() => CalibrationMethod.Parse("spline")).Message, StringComparison.Ordinal);
        Assert.Contains("'spline'", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<CalibrationMethod>("\"spline\"")).Message, StringComparison.Ordinal);
        Assert.Same(CalibrationMethod.Temperature, JsonSerializer.Deserialize<CalibrationMethod>("\"temperature\""));
        Assert.Equal("\"Temperature\"", JsonSerializer.Serialize(CalibrationMethod.Temperature));
        Assert.Contains("its weight is 2", Assert.Throws<InvalidDataException>(() => Calibrator.FromJson("""{"method":"blend","ClassCount":2,"Weight":2}""")).Message, StringComparison.Ordinal);
        Assert.Contains("'Weight'", Assert.Throws<InvalidDataException>(() => Calibrator.FromJson("""{"method":"blend","ClassCount":2}""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameAndAClassBelongToOneMethod()
    {
        Assert.Same(s_blend, CalibrationMethod.Register("Blend", BlendCalibrator.Fit));
        Assert.Same(s_blend, CalibrationMethod.Parse("BLEND"));
        Assert.Contains("'temperature'", Assert.Throws<ArgumentException>(() => CalibrationMethod.Register("temperature", Wrong.Sums)).Message, StringComparison.Ordinal);
        Assert.Contains("'Blend' of BlendCalibrator is registered already", Assert.Throws<ArgumentException>(() => CalibrationMethod.Register("Other", BlendCalibrator.Fit)).Message, StringComparison.Ordinal);
        Assert.Contains("'Auto' is registered already", Assert.Throws<ArgumentException>(() => CalibrationMethod.Register("auto", Wrong.Sums)).Message, StringComparison.Ordinal);
        Assert.Contains("abstract Calibrator", Assert.Throws<ArgumentException>(() => CalibrationMethod.Register<Calibrator>("Any", (_, _) => null!)).Message, StringComparison.Ordinal);
        Assert.Contains("Unregistered is not registered", Assert.Throws<InvalidOperationException>(() => new Unregistered(2).Method).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACalibratorThatGivesNoProbabilitiesIsRefusedByItsMethod()
    {
        var sums = CalibrationMethod.Register("Sums", Wrong.Sums);
        var error = Assert.Throws<InvalidOperationException>(() => CalibratorFitting.Fit([0, 0, 0, 1], [0, 1], 2, sums));
        Assert.Contains("'Sums'", error.Message, StringComparison.Ordinal);
        Assert.Contains("sum to 2, expected 1", error.Message, StringComparison.Ordinal);
        var classes = CalibrationMethod.Register("Classes", OtherClasses.Fit);
        Assert.Contains("a calibrator of 7 classes, expected one of 2", Assert.Throws<InvalidOperationException>(() => CalibratorFitting.Fit([0, 0, 0, 1], [0, 1], 2, classes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheDocumentationShowsWhatIsCompiledHere()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "calibration.md")).ReplaceLineEndings("\n");
        Assert.Contains("```csharp\n" + File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "BlendCalibrator.cs")).ReplaceLineEndings("\n") + "```", text, StringComparison.Ordinal);
        Assert.Contains("CalibrationMethod.Register(\"Blend\", BlendCalibrator.Fit)", text, StringComparison.Ordinal);
    }

    private class Wrong(int classCount) : Calibrator(classCount)
    {
        public static Wrong Sums(LabelledLogits data, CancellationToken cancellationToken) => new(data.ClassCount);

        protected override void ApplyRow(ReadOnlySpan<float> logits, Span<float> probabilities) => probabilities.Fill(1);
    }

    private sealed class Unregistered(int classCount) : Wrong(classCount);

    private sealed class OtherClasses(int classCount) : Wrong(classCount)
    {
        public static OtherClasses Fit(LabelledLogits data, CancellationToken cancellationToken) => new(7);
    }
}

using System.Text.Json;
using Hdge.Calibration;

namespace Hdge.Tests.Calibration;

public class CalibratorTests
{
    private const int Classes = 4;
    private static readonly Logits Data = Logits.Draw(21, 300, [0.5, 0.7, 0.4, 0.6], [0.3, 0, -0.5, 0.2]);

    public static TheoryData<string> Methods() => [.. CalibrationMethod.BuiltIn.Append(CalibrationMethod.DensityTemperature).Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void ProbabilitiesEqualTheFormula(string name)
    {
        var method = CalibrationMethod.Parse(name);
        var calibrator = Fitted(method);
        Assert.Equal((method, Classes), (calibrator.Method, calibrator.ClassCount));
        var found = new float[Classes];
        for (int i = 0; i < Data.Labels.Length; i++)
        {
            calibrator.Apply(Data.Values.AsSpan(i * Classes, Classes), found);
            double[] expected = Expected(calibrator, Data.Row(i));
            for (int c = 0; c < Classes; c++)
                Assert.Equal(expected[c], found[c], 2e-6);
            Assert.Equal(1, found.Sum(p => (double)p), 1e-6);
        }
    }

    [Theory] // not the step functions: there a rounding error may step over an edge
    [InlineData(nameof(CalibrationMethod.None))]
    [InlineData(nameof(CalibrationMethod.Temperature))]
    [InlineData(nameof(CalibrationMethod.EnsembleTemperature))]
    [InlineData(nameof(CalibrationMethod.DensityTemperature))]
    [InlineData(nameof(CalibrationMethod.Vector))]
    [InlineData(nameof(CalibrationMethod.Matrix))]
    public void LogProbabilitiesServeAsLogits(string name)
    {
        var method = CalibrationMethod.Parse(name);
        var (probabilities, logits) = (new float[Data.Values.Length], new float[Data.Values.Length]);
        new IdentityCalibrator(Classes).Apply(Data.Values, probabilities);
        LogProbabilities.Of(probabilities, logits);
        Calibrator a = Fitted(method), b = CalibratorFitting.Fit(logits, Data.Labels, Classes, method).Calibrator;
        float[] fromLogits = Apply(a, Data.Values), fromProbabilities = Apply(b, logits);
        for (int i = 0; i < fromLogits.Length; i++)
            Assert.Equal(fromLogits[i], fromProbabilities[i], 1e-4);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void JsonBringsTheSameCalibratorBack(string name)
    {
        var method = CalibrationMethod.Parse(name);
        var calibrator = Fitted(method);
        string json = calibrator.ToJson();
        Assert.StartsWith($"{{\"method\":\"{method.ToString().ToLowerInvariant()}\"", json, StringComparison.Ordinal);
        var read = Calibrator.FromJson(json);
        Assert.Equal(calibrator.GetType(), read.GetType());
        Assert.Equal(json, read.ToJson());
        Assert.Equal(Apply(calibrator, Data.Values), Apply(read, Data.Values));
        var holder = JsonSerializer.Deserialize<Holder>(JsonSerializer.Serialize(new Holder(calibrator)));
        Assert.Equal(json, holder!.Calibrator!.ToJson());
    }

    [Theory]
    [InlineData("", "damaged")]
    [InlineData("null", "null")]
    [InlineData("{}", "damaged")]
    [InlineData("""{"method":"other","ClassCount":2}""", "other")]
    [InlineData("""{"method":"none","ClassCount":1}""", "1 classes")]
    [InlineData("""{"method":"none"}""", "'ClassCount'")]
    [InlineData("""{"method":"temperature","ClassCount":2}""", "'Temperature'")]
    [InlineData("""{"method":"temperature","ClassCount":2,"Temperature":-1}""", "temperature is -1")]
    [InlineData("""{"method":"temperature","ClassCount":2,"Temperature":1e999}""", "damaged")]
    [InlineData("""{"method":"ensembletemperature","ClassCount":2,"Temperature":0,"ScaledWeight":1,"PlainWeight":0,"UniformWeight":0}""", "temperature is 0")]
    [InlineData("""{"method":"ensembletemperature","ClassCount":2,"Temperature":1,"ScaledWeight":1,"PlainWeight":0.5,"UniformWeight":0}""", "weights are 1, 0.5 and 0")]
    [InlineData("""{"method":"ensembletemperature","ClassCount":2,"Temperature":1,"ScaledWeight":1.5,"PlainWeight":-0.5,"UniformWeight":0}""", "weights are 1.5, -0.5 and 0")]
    [InlineData("""{"method":"densitytemperature","ClassCount":2,"Score":null,"Temperature":1,"Intercept":1,"Slope":-1,"Mean":0,"Deviation":1,"Highest":2}""", "Slope is -1")]
    [InlineData("""{"method":"densitytemperature","ClassCount":2,"Score":null,"Temperature":1,"Intercept":1,"Slope":1,"Mean":0,"Deviation":0,"Highest":2}""", "Deviation is 0")]
    [InlineData("""{"method":"densitytemperature","ClassCount":2,"Score":"auto","Temperature":1,"Intercept":1,"Slope":1,"Mean":0,"Deviation":1,"Highest":2}""", "Score is auto")]
    [InlineData("""{"method":"densitytemperature","ClassCount":2,"Score":7,"Temperature":1,"Intercept":1,"Slope":1,"Mean":0,"Deviation":1,"Highest":2}""", "Score")]
    [InlineData("""{"method":"vector","ClassCount":2,"Weights":[1,1]}""", "'Biases'")]
    [InlineData("""{"method":"vector","ClassCount":2,"Weights":[1,1,1],"Biases":[0,0]}""", "Weights has 3 numbers, expected 2")]
    [InlineData("""{"method":"matrix","ClassCount":2,"Weights":[1,1],"Biases":[0,0]}""", "Weights has 2 numbers, expected 4")]
    [InlineData("""{"method":"vector","ClassCount":2,"Weights":[1,1e99],"Biases":[0,0]}""", "damaged")]
    [InlineData("""{"method":"isotonic","ClassCount":2}""", "'Steps'")]
    [InlineData("""{"method":"isotonic","ClassCount":2,"Steps":[null,null]}""", "null")]
    [InlineData("""{"method":"histogram","ClassCount":2,"Steps":[{"Upper":[1],"Values":[0.5]}]}""", "1 step functions, expected 2")]
    [InlineData("""{"method":"histogram","ClassCount":2,"Steps":[{"Upper":[1],"Values":[]},{"Upper":[1],"Values":[1]}]}""", "1 edges and 0 values")]
    [InlineData("""{"method":"histogram","ClassCount":2,"Steps":[{"Upper":[1,0.5],"Values":[1,1]},{"Upper":[1],"Values":[1]}]}""", "Edge 1")]
    [InlineData("""{"method":"histogram","ClassCount":2,"Steps":[{"Upper":[1],"Values":[1.5]},{"Upper":[1],"Values":[1]}]}""", "Value 0")]
    public void DamagedJsonIsRefused(string json, string problem) =>
        Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => Calibrator.FromJson(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void ARowOfZerosBecomesUniform()
    {
        var calibrator = Calibrator.FromJson("""{"method":"histogram","ClassCount":2,"Steps":[{"Upper":[0.7,1],"Values":[0,1]},{"Upper":[1],"Values":[0]}]}""");
        Assert.Equal([0.5f, 0.5f], Apply(calibrator, [0, 0]));
        Assert.Equal([1f, 0f], Apply(calibrator, [3, 0]));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void BadLogitsAreRefusedAndHugeOnesAreNot(string name)
    {
        var method = CalibrationMethod.Parse(name);
        var calibrator = Fitted(method);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            Assert.Contains("expected a finite number", Assert.Throws<ArgumentException>(() => Apply(calibrator, [0, bad, 0, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("multiple of 4", Assert.Throws<ArgumentException>(() => Apply(calibrator, [0, 1, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => calibrator.Apply(Data.Values.AsSpan(0, 4), new float[8]));
        float[] same = [1, 2, 3, 4];
        Assert.Contains("overlap", Assert.Throws<ArgumentException>(() => calibrator.Apply(same, same)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Apply(calibrator, [1e30f, -1e30f, 0, 5]).Sum(), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void ApplyingDoesNotAllocate(string name)
    {
        var method = CalibrationMethod.Parse(name);
        var calibrator = Fitted(method);
        var into = new float[Data.Values.Length];
        calibrator.Apply(Data.Values, into);
        long before = GC.GetAllocatedBytesForCurrentThread();
        calibrator.Apply(Data.Values, into);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed record Holder(Calibrator? Calibrator);

    private static Calibrator Fitted(CalibrationMethod method) => CalibratorFitting.Fit(Data.Values, Data.Labels, Classes, method).Calibrator;

    private static float[] Apply(Calibrator calibrator, float[] logits)
    {
        var into = new float[logits.Length];
        calibrator.Apply(logits, into);
        return into;
    }

    private static double[] Expected(Calibrator calibrator, double[] logits)
    {
        double mean = logits.Average();
        double[] Steps(IReadOnlyList<StepFunction> steps)
        {
            double[] values = [.. Logits.Softmax(logits).Select((p, c) =>
            {
                float[] upper = steps[c].Upper.ToArray();
                int at = Array.FindIndex(upper, edge => edge >= (float)p);
                return (double)steps[c].Values.Span[at < 0 ? upper.Length - 1 : at];
            })];
            return [.. values.Select(v => v / values.Sum())];
        }
        return calibrator switch
        {
            TemperatureCalibrator t => Logits.Softmax([.. logits.Select(f => f / t.Temperature)]),
            EnsembleTemperatureCalibrator e => [.. logits.Select((_, c) => e.ScaledWeight * Logits.Softmax([.. logits.Select(f => f / e.Temperature)])[c] + e.PlainWeight * Logits.Softmax(logits)[c] + e.UniformWeight / Classes)],
            DensityTemperatureCalibrator d => Logits.Softmax([.. logits.Select(f => f / DensityTemperatureTests.Temperature(d, Math.Log(logits.Sum(Math.Exp)) - mean))]),
            VectorCalibrator v => Logits.Softmax([.. logits.Select((f, c) => v.Weights.Span[c] * (f - mean) + v.Biases.Span[c])]),
            MatrixCalibrator m => Logits.Softmax([.. Enumerable.Range(0, Classes).Select(c => m.Biases.Span[c] + logits.Select((f, k) => m.Weights.Span[c * Classes + k] * (f - mean)).Sum())]),
            OneVersusRestCalibrator o => Steps(o.Steps),
            _ => Logits.Softmax(logits),
        };
    }
}

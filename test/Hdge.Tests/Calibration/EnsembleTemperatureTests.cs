using Hdge.Calibration;

namespace Hdge.Tests.Calibration;

public class EnsembleTemperatureTests
{
    private const int Classes = 3;

    [Fact]
    public void WeightsAreTheLikeliestOfAllOnTheSimplex()
    {
        var data = Draw(5, 2000, temperature: 2.5, scaled: 0.5, plain: 0.2);
        var found = Assert.IsType<EnsembleTemperatureCalibrator>(Fit(data));
        Assert.Equal(Assert.IsType<TemperatureCalibrator>(CalibratorFitting.Fit(data.Values, data.Labels, Classes, CalibrationMethod.Temperature).Calibrator).Temperature, found.Temperature);
        double loss = Loss(data, found.Temperature, found.ScaledWeight, found.PlainWeight);
        for (int a = 0; a <= 50; a++)
            for (int b = 0; a + b <= 50; b++)
                Assert.True(loss <= Loss(data, found.Temperature, a / 50.0, b / 50.0) + 1e-9);
        Assert.True(found.UniformWeight > 0.02, $"w₃ is {found.UniformWeight}: labels drawn at random in 30 % of the images went unseen");
    }

    [Fact]
    public void WeightsOnTheEdgeAreFound()
    {
        var data = Draw(6, 3000, temperature: 1, scaled: 0, plain: 1);
        double loss = Loss(data, 1, 0, 1);
        var found = Assert.IsType<EnsembleTemperatureCalibrator>(Fit(data));
        Assert.InRange(Loss(data, found.Temperature, found.ScaledWeight, found.PlainWeight), loss - 0.002, loss);
    }

    [Fact]
    public void PredictedClassNeverChanges()
    {
        var data = Draw(7, 500, temperature: 6, scaled: 0.3, plain: 0);
        var calibrator = Fit(data);
        var p = new float[Classes];
        for (int i = 0; i < data.Labels.Length; i++)
        {
            calibrator.Apply(data.Values.AsSpan(i * Classes, Classes), p);
            double[] row = data.Row(i);
            Assert.Equal(Array.IndexOf(row, row.Max()), Array.IndexOf(p, p.Max()));
        }
    }

    private static Calibrator Fit(Logits data) => CalibratorFitting.Fit(data.Values, data.Labels, Classes, CalibrationMethod.EnsembleTemperature).Calibrator;

    private static double Loss(Logits data, double temperature, double scaled, double plain) => Enumerable.Range(0, data.Labels.Length).Average(i =>
    {
        double[] row = data.Row(i);
        return -Math.Log(scaled * Logits.Softmax([.. row.Select(f => f / temperature)])[data.Labels[i]] + plain * Logits.Softmax(row)[data.Labels[i]] + (1 - scaled - plain) / Classes);
    });

    private static Logits Draw(int seed, int count, double temperature, double scaled, double plain)
    {
        var random = new Random(seed);
        float[] values = [.. Enumerable.Range(0, count * Classes).Select(_ => (float)(8 * random.NextDouble()))];
        int[] labels = [.. Enumerable.Range(0, count).Select(i =>
        {
            double[] row = [.. values.Skip(i * Classes).Take(Classes).Select(f => (double)f)];
            double kind = random.NextDouble(), at = random.NextDouble();
            double[] p = kind < scaled ? Logits.Softmax([.. row.Select(f => f / temperature)]) : kind < scaled + plain ? Logits.Softmax(row) : [1.0 / 3, 1.0 / 3, 1.0 / 3];
            return at < p[0] ? 0 : at < p[0] + p[1] ? 1 : 2;
        })];
        return new(values, labels, Classes);
    }
}

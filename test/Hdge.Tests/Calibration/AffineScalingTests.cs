using Hdge.Calibration;

namespace Hdge.Tests.Calibration;

public class AffineScalingTests
{
    [Theory]
    [InlineData(nameof(CalibrationMethod.Vector))]
    [InlineData(nameof(CalibrationMethod.Matrix))]
    public void NoStepFromTheFitLowersTheObjective(string name)
    {
        var method = CalibrationMethod.Parse(name);
        var data = Logits.Draw(31, 150, [0.5, 1.5, 1], [0.5, -0.5, 0]);
        double temperature = TemperatureCalibrator.Fit(new(data.Values, data.Labels, 3)).Temperature;
        double[] found = Parameters(CalibratorFitting.Fit(data.Values, data.Labels, 3, method).Calibrator, temperature);
        double lowest = Objective(found, data, temperature);
        var random = new Random(32);
        for (int trial = 0; trial < 200; trial++)
        {
            double size = Math.Pow(10, -1 - trial % 3);
            double[] step = [.. found.Select(w => w + size * (2 * random.NextDouble() - 1))];
            if (method == CalibrationMethod.Vector)
                for (int i = 0; i < 9; i++)
                    step[i] = i % 4 == 0 ? step[i] : 0;
            Assert.True(Objective(step, data, temperature) > lowest, $"a step of {size} goes down from {lowest:R}");
        }
        for (int i = 0; i < found.Length; i++) // flat in every direction
        {
            if (method == CalibrationMethod.Vector && i < 9 && i % 4 != 0)
                continue;
            double[] up = [.. found], down = [.. found];
            up[i] += 1e-4;
            down[i] -= 1e-4;
            Assert.Equal(0, (Objective(up, data, temperature) - Objective(down, data, temperature)) / 2e-4, 1e-5);
        }
    }

    [Theory]
    [InlineData(nameof(CalibrationMethod.Vector))]
    [InlineData(nameof(CalibrationMethod.Matrix))]
    public void ManyImagesBringTheTrueScalesAndBiasesBack(string name)
    {
        var method = CalibrationMethod.Parse(name);
        double[] scales = [0.4, 0.8, 0.6], biases = [0.5, -0.5, 0];
        var data = Logits.Draw(33, 20_000, scales, biases, spread: 8);
        var fitted = CalibratorFitting.Fit(data.Values, data.Labels, 3, method).Calibrator;
        var found = new float[3];
        for (int i = 0; i < 200; i++)
        {
            double[] row = data.Row(i), expected = Logits.Softmax([.. row.Select((f, c) => scales[c] * (f - row.Average()) + biases[c])]);
            fitted.Apply(data.Values.AsSpan(i * 3, 3), found);
            for (int c = 0; c < 3; c++)
                Assert.Equal(expected[c], found[c], 0.04); // the standard error of the fit is about 0.01
        }
    }

    /// <summary>W as a full matrix, row after row, and b, for inputs divided by the temperature.</summary>
    private static double[] Parameters(Calibrator calibrator, double temperature)
    {
        var parameters = new double[12];
        for (int i = 0; i < 9; i++)
            parameters[i] = temperature * (calibrator is MatrixCalibrator m ? m.Weights.Span[i] : i % 4 == 0 ? ((VectorCalibrator)calibrator).Weights.Span[i / 4] : 0);
        for (int c = 0; c < 3; c++)
            parameters[9 + c] = calibrator is MatrixCalibrator m ? m.Biases.Span[c] : ((VectorCalibrator)calibrator).Biases.Span[c];
        return parameters;
    }

    private static double Objective(double[] parameters, Logits data, double temperature)
    {
        double total = 0;
        for (int i = 0; i < data.Labels.Length; i++)
        {
            double[] row = data.Row(i), x = [.. row.Select(f => (f - row.Average()) / temperature)];
            total -= Math.Log(Logits.Softmax([.. Enumerable.Range(0, 3).Select(c => parameters[9 + c] + x.Select((f, k) => parameters[3 * c + k] * f).Sum())])[data.Labels[i]]);
        }
        for (int i = 0; i < 12; i++)
            total += i is 0 or 4 or 8 ? Math.Pow(parameters[i] - 1, 2) / 2 : i < 9 ? 3 * Math.Pow(parameters[i], 2) / 2 : Math.Pow(parameters[i], 2) / 2;
        return total / data.Labels.Length;
    }
}

using Hdge.Detection;

namespace Hdge.Tests.Detection;

public class LogitScoreTests
{
    private static readonly float[][] s_logits =
        [.. Naive.Rows(50, 7, 1, 5), [90, -90, 0, 0, 0, 0, 0], [1e4f, 1e4f, 0, 0, 0, 0, -1e4f], [0, 0, 0, 0, 0, 0, 0], [-300, -300, -300, -300, -300, -300, -299]];

    [Fact]
    public void ScoresOfLogitsEqualTheirFormulas()
    {
        Check(new LogDensityDetector(), f => Naive.LogSumExp(Naive.Doubles(f)));
        Check(new EnergyDetector(), f => 2.5 * Naive.LogSumExp(f.Select(v => v / 2.5)));
        Check(new EnergyDetector { Temperature = 0.7 }, f => 0.7 * Naive.LogSumExp(f.Select(v => v / 0.7)));
        Check(new MaxProbabilityDetector(), f => Naive.Softmax(f).Max());
        Check(new MaxLogitDetector(), f => f.Max());
        Check(new EntropyDetector(), f => Naive.Softmax(f).Sum(p => p > 0 ? p * Math.Log(p) : 0));
        foreach (int top in new[] { 1, 3, 7, 100 })
            Check(new GenDetector { Top = top }, f => -Naive.Softmax(f).OrderDescending().Take(top).Sum(p => Math.Pow(p, 0.1) * Math.Pow(1 - p, 0.1)), 2e-3);

        static void Check(Detector detector, Func<float[], double> formula, double near = 1e-5)
        {
            float[] scores = Naive.Score(detector, s_logits, temperature: 2.5);
            for (int i = 0; i < scores.Length; i++)
            {
                double expected = formula(s_logits[i]);
                // Where 1 − p is the rounding of 1, its tenth power is uncertain in the third digit.
                double allowed = i < 50 ? 1e-6 * Math.Max(1, Math.Abs(expected)) : near * Math.Max(1, Math.Abs(expected));
                Assert.True(Math.Abs(expected - scores[i]) <= allowed, $"{detector.Kind} of image {i} is {scores[i]}, expected {expected}");
            }
        }
    }

    [Fact]
    public void KindsSayWhatAScoreCosts()
    {
        Assert.Equal(25, DetectorRegistry.All.Count);
        Assert.Equal([DetectionScore.Rotation, DetectionScore.ApproximateMass, DetectionScore.Odin], DetectorRegistry.All.Except(DetectorRegistry.GradientFree));
    }
}

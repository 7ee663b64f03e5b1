using ScoringService;

namespace Services.Tests;

public sealed class DriftTests
{
    [Theory]
    [InlineData(5, 100, 50, 1000)]
    [InlineData(30, 100, 50, 1000)]
    [InlineData(0, 100, 50, 1000)]
    public void TheProbabilityIsTwoSided(int unknown, int answers, int validationUnknown, int validationImages)
    {
        // By recursion of the beta-binomial's probabilities, without gamma functions.
        double a = validationUnknown + 0.5, b = validationImages - validationUnknown + 0.5;
        double[] p = new double[answers + 1];
        p[0] = Enumerable.Range(0, answers).Aggregate(1.0, (q, i) => q * (b + i) / (a + b + i));
        for (int k = 1; k <= answers; k++)
            p[k] = p[k - 1] * (answers - k + 1) / k * (a + k - 1) / (b + answers - k);
        double below = p.Take(unknown + 1).Sum(), above = p.Skip(unknown).Sum();
        Assert.Equal(1, p.Sum(), 1e-9);
        Assert.Equal(Math.Min(1, 2 * Math.Min(below, above)), Drift.Probability(unknown, answers, validationUnknown, validationImages), 1e-9);
    }

    [Fact]
    public void AnAlarmIsGivenForManyUnknownsAndForFewAndGoesWhenTheyAreAsInValidation()
    {
        var reference = new Reference("log-density", [0], 2000, 100);
        var drift = new Drift(500, 0.001);
        Feed(share: 0.05);
        Assert.False(drift.Now().Alarm);
        Feed(share: 0.15);
        Assert.True(drift.Now().Alarm);
        Feed(share: 0.05);
        Assert.False(drift.Now().Alarm);
        Feed(share: 0);
        Assert.True(drift.Now().Alarm);
        Assert.Equal((2000, 125), (drift.Now().Answers, drift.Now().Unknown));
        drift.Restart();
        Assert.False(drift.Now().Alarm);

        void Feed(double share)
        {
            for (int i = 0; i < 500; i++)
                drift.Add(i < share * 500, reference);
        }
    }

    [Fact]
    public void FalseAlarmsAreAsRareAsTheLevelSaysEvenWithFewValidationImages()
    {
        var random = new Random(3);
        int alarms = 0;
        const int Trials = 2000;
        for (int trial = 0; trial < Trials; trial++)
        {
            int validation = Enumerable.Range(0, 200).Count(_ => random.NextDouble() < 0.05), seen = Enumerable.Range(0, 200).Count(_ => random.NextDouble() < 0.05);
            alarms += Drift.Probability(seen, 200, validation, 200) < 0.05 ? 1 : 0;
        }
        Assert.InRange(alarms / (double)Trials, 0.01, 0.06);
    }
}

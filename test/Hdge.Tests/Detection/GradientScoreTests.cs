using Hdge.Detection;
using Hdge.Networks;

namespace Hdge.Tests.Detection;

public class GradientScoreTests
{
    private static readonly ImageShape s_shape = new(1, 3, 3);

    [Fact]
    public void GradientScoresEqualTheirFormulasOnALinearNetwork()
    {
        const double Temperature = 50, Step = 0.02;
        using var network = new LinearBackbone(s_shape, 4, 2, factor: 2);
        using var model = new HdgeModel(network, new PixelScaling(), CPU);
        model.UseDetectors(Naive.Set(network, new DetectionOptions { Detectors = [new OdinDetector { Temperature = Temperature, Step = Step }] }));
        var images = ImageSet.FromSingles(s_shape, [.. Naive.Rows(100, 9, 4).SelectMany(x => x)], new int[100], 4);
        var scores = model.DetectionScores(images, [DetectionScore.ApproximateMass, DetectionScore.Odin]);
        for (int i = 0; i < images.Count; i++)
        {
            double[] x = [.. images.Singles(i).ToArray().Select(v => 2.0 * v - 1)];
            double[] f = Logits(x), p = Softmax(f, 1);
            double squared = Enumerable.Range(0, 9).Sum(j => Math.Pow(2 * p.Select((v, c) => v * network.Weight[j, c]).Sum(), 2));
            Assert.Equal(-0.5 * Math.Log(squared), scores[DetectionScore.ApproximateMass][i], 1e-4);

            int best = Array.IndexOf(f, f.Max());
            double[] tempered = Softmax(f, Temperature);
            double[] moved = [.. x.Select((v, j) => v + Step * Math.Sign(network.Weight[j, best] - tempered.Select((t, c) => t * network.Weight[j, c]).Sum()))];
            Assert.Equal(Softmax(Logits(moved), Temperature).Max(), scores[DetectionScore.Odin][i], 1e-6);
        }

        double[] Logits(double[] x) => network.Logits([.. x.Select(v => 2 * v)]);
        static double[] Softmax(double[] f, double t) => [.. f.Select(v => Math.Exp(v / t - Naive.LogSumExp(f.Select(u => u / t))))];
    }

    [Fact]
    public void WeightsKeepTheirGradientsAndLogitScoresTheirValues()
    {
        using var model = new HdgeModel(new WideResNetOptions().Create(SmallImages.Shape, 3, 1), new PixelScaling(), CPU);
        var images = SmallImages.Patterns(70);
        var alone = model.DetectionScores(images, [DetectionScore.LogDensity]);
        var together = model.DetectionScores(images, model.Detectors.Available);
        Assert.Equal(alone[DetectionScore.LogDensity], together[DetectionScore.LogDensity], (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.All(together.Values.SelectMany(s => s), s => Assert.True(float.IsFinite(s)));
        Assert.All(model.Network.parameters(), p => Assert.True(p.grad is null || p.grad.IsInvalid));
    }
}

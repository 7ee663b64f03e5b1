using Hdge.Networks;
using Hdge.Sampling;

namespace Hdge.Tests;

public class SgldTests
{
    private static readonly ImageShape s_one = new(1, 1, 1);

    /// <summary>log q(x) = −x²/(2s²) with s = 1.5, up to a constant.</summary>
    private static Tensor Normal(Tensor x) => x.pow(2).sum(dim: 1) * (-1 / (2 * 1.5 * 1.5));

    private static (double Mean, double Variance) Moments(Tensor x)
    {
        double[] values = x.to(float64).data<double>().ToArray();
        double mean = values.Average();
        return (mean, values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
    }

    /// <summary>Within four standard errors of a normal sample.</summary>
    private static void AssertMoments(double mean, double variance, int count, (double Mean, double Variance) found)
    {
        Assert.InRange(found.Mean, mean - 4 * Math.Sqrt(variance / count), mean + 4 * Math.Sqrt(variance / count));
        double error = variance * Math.Sqrt(2.0 / (count - 1));
        Assert.InRange(found.Variance, variance - 4 * error, variance + 4 * error);
    }

    [Theory]
    [InlineData(0.3, 0.5)]
    [InlineData(1, 0.01)]
    [InlineData(3, 1)] // beyond the mean at every step: 1 − η/s² is negative
    public void OnANormalDensityMeanAndVarianceAreThoseOfTheStationaryLaw(double stepSize, double noise)
    {
        const int Count = 20_000;
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var end = Sgld.Run(Normal, zeros(Count, 1) + 2, new SgldRun(new SgldOptions { Steps = 150, StepSize = stepSize, Noise = noise }, generator));
        // x' = (1 − η/s²)·x + σξ is an AR(1) process; of the start (1 − η/s²)^150 is left.
        double keep = 1 - stepSize / (1.5 * 1.5);
        AssertMoments(2 * Math.Pow(keep, 150), noise * noise / (1 - keep * keep), Count, Moments(end));
    }

    [Fact]
    public void WithLangevinsNoiseAndSmallStepsItSamplesTheDensityItself()
    {
        const int Count = 4_000;
        const double StepSize = 0.02;
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var network = new QuadraticNetwork(s_one, 1.5, 0.5, 0.5);
        network.train();
        var end = Sgld.Run(network, zeros(Count, 1, 1, 1), null, new SgldRun(new SgldOptions { Steps = 800, StepSize = StepSize, Noise = Math.Sqrt(2 * StepSize) }, generator));
        AssertMoments(0.5, 1.5 * 1.5, Count, Moments(end)); // its bias, η/(2s²) = 0.4 % of the variance, is a sixth of the error
        Assert.Equal((800, 800), (network.Passes, network.EvaluationPasses));
        Assert.True(network.training);
    }

    [Fact]
    public void ClassesDecideWhereTheChainsGo()
    {
        const int Count = 6_000;
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var network = new QuadraticNetwork(s_one, 0.8, -1, 0, 2);
        var classes = full(Count, 2L, dtype: int64);
        var end = Sgld.Run(network, zeros(Count, 1, 1, 1), classes, new SgldRun(new SgldOptions { Steps = 100, StepSize = 0.2, Noise = 0.3 }, generator));
        double keep = 1 - 0.2 / 0.64;
        AssertMoments(2, 0.09 / (1 - keep * keep), Count, Moments(end));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(0.7, true)]
    public void StepsNoiseDecayAndClampingAreExact(double exponent, bool clamp)
    {
        var options = new SgldOptions { Steps = 7, StepSize = 0.9, Noise = 0.4, DecayExponent = exponent, DecayOffset = 2, ClampToRange = clamp };
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        using var range = new ImageRange(new PixelScaling { Mean = [0.4f], StandardDeviation = [0.5f] }, new ImageShape(1, 1, 3), CPU);
        double[] start = [-0.7, 0.1, 0.9, 1.1, -0.2, 0.3];
        var given = tensor(start, [2, 1, 1, 3]).to(float32);
        int calls = 0, told = 0;
        var end = Sgld.Run(x => { calls++; return Normal(x.reshape(2, 3)); }, given, new SgldRun(options, generator, range, () => told++));

        using var again = new Generator(11);
        double[] expected = [.. start.Select(v => (double)(float)v)];
        for (int t = 0; t < 7; t++)
        {
            double decay = exponent == 0 ? 1 : Math.Pow(2 + t, -exponent);
            float[] noise = zeros(2, 1, 1, 3).normal_(0, 0.4 * Math.Sqrt(decay), again).data<float>().ToArray();
            for (int i = 0; i < 6; i++)
            {
                expected[i] += -0.9 * decay * expected[i] / 2.25 + noise[i];
                if (clamp)
                    expected[i] = Math.Clamp(expected[i], -0.8, 1.2);
            }
        }
        float[] found = end.data<float>().ToArray();
        for (int i = 0; i < 6; i++)
            Assert.Equal(expected[i], found[i], 1e-6);
        Assert.Equal((7, 7), (calls, told));
        Assert.Equal(start.Select(v => (float)v), given.data<float>().ToArray());
    }

    [Fact]
    public void NoStepsLeaveTheStartAndNoNoiseDrawsNone()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        using var untouched = new Generator(6);
        var start = tensor(new float[] { 3, -4 }, [2, 1]);
        Assert.Equal([3f, -4f], Sgld.Run(Normal, start, new SgldRun(new SgldOptions { Steps = 0 }, generator)).data<float>().ToArray());
        Assert.Equal([0f, 0f], Sgld.Run(Normal, start, new SgldRun(new SgldOptions { Steps = 1, StepSize = 2.25, Noise = 0 }, generator)).data<float>().ToArray().Select(v => MathF.Round(v, 5)));
        Assert.Equal(zeros(3).normal_(0, 1, untouched).data<float>().ToArray(), zeros(3).normal_(0, 1, generator).data<float>().ToArray());
    }

    [Fact]
    public void TheWeightsGradientsAndRunningAveragesAreLeftAlone()
    {
        using var network = new WideResNetOptions().Create(SmallImages.Shape, 3, 1);
        network.train();
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var images = zeros(4, 1, 8, 8).uniform_(-1, 1, generator);
        network.call(images).sum().backward();
        var before = State();
        var end = Sgld.Run(network, images, null, new SgldRun(new SgldOptions { Steps = 3 }, generator));
        Assert.Equal(before, State());
        Assert.True(network.training);
        Assert.All(network.modules(), module => Assert.True(module.training));
        Assert.False(end.requires_grad);
        Assert.NotEqual(images.data<float>().ToArray(), end.data<float>().ToArray());

        List<float[]> State() => [.. network.parameters().Select(p => p.grad!.data<float>().ToArray()),
            .. network.state_dict().Values.Where(w => w.dtype == float32).Select(w => w.data<float>().ToArray())];
    }

    [Fact]
    public void DensitiesThatCannotBeSampledAreRefused()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var start = zeros(2, 3);
        var options = new SgldOptions { Steps = 1 };
        Assert.Contains("expected [2]", Assert.Throws<ArgumentException>(() => Sgld.Run(x => x, start, new SgldRun(options, generator))).Message, StringComparison.Ordinal);
        Assert.Contains("does not depend", Assert.Throws<ArgumentException>(() => Sgld.Run(_ => zeros(2), start, new SgldRun(options, generator))).Message, StringComparison.Ordinal);
        var other = zeros(2).requires_grad_(true);
        Assert.Contains("does not depend", Assert.Throws<ArgumentException>(() => Sgld.Run(_ => other * 2, start, new SgldRun(options, generator))).Message, StringComparison.Ordinal);
        foreach (var (bad, name) in new (SgldOptions, string)[] { (options with { Steps = -1 }, "Steps"), (options with { StepSize = 0 }, "StepSize"), (options with { Noise = double.NaN }, "Noise"), (options with { DecayExponent = -1 }, "DecayExponent"), (options with { DecayOffset = 0 }, "DecayOffset") })
            Assert.StartsWith(name + " is", Assert.Throws<ArgumentOutOfRangeException>(() => Sgld.Run(Normal, start, new SgldRun(bad, generator))).Message, StringComparison.Ordinal);
        using var source = new CancellationTokenSource();
        int steps = 0;
        Assert.Throws<OperationCanceledException>(() => Sgld.Run(Normal, start, new SgldRun(options with { Steps = 100 }, generator, null, () => { if (++steps == 3) source.Cancel(); }), source.Token));
        Assert.Equal(3, steps);
    }
}

using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>Losses of every form of the logits, and their gradients, against naive double-precision formulas and central differences.</summary>
public sealed class LogitFormTests : IDisposable
{
    private const int Rows = 6, Classes = 4, Length = 5;

    private static readonly long[] s_labels = [2, 0, 2, 3, 0, 1];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly double[] _features = Numbers(Rows * Length, 1), _weight = Numbers(Classes * Length, 2), _bias = Numbers(Classes, 3);

    private static readonly LogitForm[] s_forms = [LogitForm.Raw, LogitForm.Centred, LogitForm.LogSoftmax, LogitForm.Normalized(0.3), LogitForm.FeatureNormalized(0.2), LogitForm.BoundaryNormalized];

    public static TheoryData<string> Forms => [.. s_forms.Select(f => f.ToString())];

    public void Dispose() => _scope.Dispose();

    private static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }

    private static double LogSumExp(IEnumerable<double> values) => Math.Log(values.Sum(Math.Exp));

    /// <summary>The form by its definition; everything from z, W and b.</summary>
    private static double[][] Formed(LogitForm form, double[] features, double[] weight, double[] bias)
    {
        return [.. Enumerable.Range(0, Rows).Select(i =>
        {
            double[] z = features[(i * Length)..((i + 1) * Length)], f = Linear(z);
            switch (form.Kind)
            {
                case LogitKind.Centred:
                    return f.Select(v => v - f.Average()).ToArray();
                case LogitKind.LogSoftmax:
                    return f.Select(v => v - LogSumExp(f)).ToArray();
                case LogitKind.Normalized:
                    return f.Select(v => v / (form.Temperature * (Math.Sqrt(f.Sum(u => u * u)) + 1e-7))).ToArray();
                case LogitKind.FeatureNormalized:
                    return Linear([.. z.Select(v => v / (form.Temperature * Math.Sqrt(z.Sum(u => u * u))))]);
                case LogitKind.BoundaryNormalized:
                    int best = Array.IndexOf(f, f.Max());
                    double s = Enumerable.Range(0, Classes).Where(c => c != best)
                        .Sum(c => Math.Abs(f[c] - f[best]) / Math.Sqrt(Enumerable.Range(0, Length).Sum(d => Math.Pow(weight[c * Length + d] - weight[best * Length + d], 2)))) / Classes;
                    return f.Select(v => v / s).ToArray();
                default:
                    return f;
            }
        })];

        double[] Linear(double[] z) => [.. Enumerable.Range(0, Classes).Select(c => bias[c] + z.Select((v, d) => v * weight[c * Length + d]).Sum())];
    }

    private static double CrossEntropy(double[][] f) => f.Zip(s_labels).Average(r => LogSumExp(r.First) - r.First[r.Second]);

    private static double Contrast(double[][] f, double temperature) => f.Zip(s_labels).Average(r => -r.First[r.Second] / temperature + LogSumExp(f.Select(other => other[r.Second] / temperature)));

    private static TorchSharp.Modules.Linear Head(double[] weight, double[] bias) => nn.Linear(nn.Parameter(tensor(weight, [Classes, Length])), nn.Parameter(tensor(bias)));

    [Theory]
    [MemberData(nameof(Forms))]
    public void LossesAndGradientsEqualTheFormulas(string name)
    {
        var form = s_forms.Single(f => f.ToString() == name);
        const double Alpha = 0.3, Temperature = 0.7;
        Check(form, CrossEntropyObjective.Compute, CrossEntropy);
        Check(form, new InBatchObjective(new InBatchOptions { Logits = form, Alpha = Alpha, Temperature = Temperature }).Compute, f => Alpha * CrossEntropy(f) + (1 - Alpha) * Contrast(f, Temperature));
    }

    private void Check(LogitForm form, Func<Tensor, StepTargets, ObjectiveTerms> compute, Func<double[][], double> naive)
    {
        using var head = Head(_weight, _bias);
        var features = tensor(_features, [Rows, Length]).requires_grad_();
        var loss = compute(FormedLogits.Of(form, head.call(features), features, head), new StepTargets(tensor(s_labels))).Loss;
        loss.backward();
        Assert.Equal(naive(Formed(form, _features, _weight, _bias)), loss.item<double>(), 10);
        Slope(_features, moved => naive(Formed(form, moved, _weight, _bias)), features.grad!);
        Slope(_weight, moved => naive(Formed(form, _features, moved, _bias)), head.weight!.grad!);
        Slope(_bias, moved => naive(Formed(form, _features, _weight, moved)), head.bias!.grad!);
    }

    private static void Slope(double[] at, Func<double[], double> loss, Tensor gradient)
    {
        double[] found = gradient.data<double>().ToArray();
        for (int i = 0; i < at.Length; i++)
        {
            double[] up = [.. at], down = [.. at];
            (up[i], down[i]) = (up[i] + 1e-5, down[i] - 1e-5);
            Assert.Equal((loss(up) - loss(down)) / 2e-5, found[i], 1e-7);
        }
    }

    [Fact]
    public void OnlyRawLogitsLetAnImagesOffsetIntoTheContrast()
    {
        foreach (var form in new[] { LogitForm.Raw, LogitForm.Centred, LogitForm.LogSoftmax })
        {
            using var head = Head(_weight, _bias);
            var logits = head.call(tensor(_features, [Rows, Length])).detach();
            var offsets = tensor(Numbers(Rows, 5)).unsqueeze(1).requires_grad_();
            new InBatchObjective(new InBatchOptions { Alpha = 0 }).Compute(FormedLogits.Of(form, logits + offsets, logits, head), new StepTargets(tensor(s_labels))).Loss.backward();
            double largest = offsets.grad!.abs().max().item<double>();
            if (form == LogitForm.Raw)
                Assert.True(largest > 1e-3);
            else
                Assert.True(largest < 1e-12);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void ALastLayerAloneContrastsLogSoftmaxUnlessToldOtherwise(int hidden)
    {
        var random = new Random(4);
        float[] values = [.. Enumerable.Range(0, 60 * 4).Select(i => (float)(random.NextDouble() + (i / 4 % 3 == i % 4 ? 1 : 0)))];
        var vectors = ImageSet.FromSingles(ImageShape.Vector(4), values, [.. Enumerable.Range(0, 60).Select(i => i % 3)], 3);
        byte[] Weights(LogitForm? form)
        {
            using var model = ModelTrainer.Train(vectors, SmallImages.Quick with { Network = new FeatureNetworkOptions { Hidden = hidden == 0 ? [] : [hidden] }, Objective = new InBatchOptions { Logits = form } });
            return model.Network.state_dict()["linear.weight"].contiguous().bytes.ToArray();
        }
        var (byDefault, raw, logSoftmax) = (Weights(null), Weights(LogitForm.Raw), Weights(LogitForm.LogSoftmax));
        Assert.NotEqual(raw, logSoftmax);
        Assert.Equal(hidden == 0 ? logSoftmax : raw, byDefault);
    }

    [Fact]
    public void LogitsOfZeroGiveNumbers()
    {
        foreach (var form in s_forms)
        {
            using var head = Head(new double[Classes * Length], new double[Classes]);
            var features = zeros(Rows, Length, dtype: float64).requires_grad_();
            var loss = CrossEntropyObjective.Compute(FormedLogits.Of(form, head.call(features), features, head), new StepTargets(tensor(s_labels))).Loss;
            loss.backward();
            Assert.Equal(Math.Log(Classes), loss.item<double>(), 10);
            Assert.All(features.grad!.data<double>().ToArray().Concat(head.weight!.grad!.data<double>().ToArray()), g => Assert.True(double.IsFinite(g)));
        }
    }

    [Fact]
    public void FeatureNormalizedWeightsEndDividedByTheTemperature()
    {
        using var network = (Backbone)new FeatureNetworkOptions { Hidden = [] }.Create(ImageShape.Vector(Length), Classes, 3);
        float[] before = network.Classifier.weight!.data<float>().ToArray(), bias = network.Classifier.bias!.data<float>().ToArray();
        new CrossEntropyOptions { Logits = LogitForm.FeatureNormalized(0.25) }.Finish(network);
        Assert.Equal(before.Select(w => 4 * w), network.Classifier.weight!.data<float>().ToArray());
        Assert.Equal(bias, network.Classifier.bias!.data<float>().ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void ATemperatureThatIsNoneIsRefused(double temperature) =>
        Assert.Contains("Temperature is", Assert.ThrowsAny<ArgumentException>(() => new CrossEntropyOptions { Logits = LogitForm.Normalized(temperature) }.Validate()).Message, StringComparison.Ordinal);
}

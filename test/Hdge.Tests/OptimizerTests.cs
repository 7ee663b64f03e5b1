using Hdge.Training;
using TorchSharp.Modules;

namespace Hdge.Tests;

/// <summary>Our steps against those of TorchSharp, whose formulas are PyTorch's, and against numbers worked out by hand.</summary>
public sealed class OptimizerTests
{
    public static TheoryData<string, double, double> Cases => new()
    {
        { "SGD", 0, 0 }, { "SGD", 0.9, 0.01 }, { "Nesterov", 0.9, 0 }, { "Nesterov", 0.8, 0.02 }, { "Adam", 0, 0 }, { "Adam", 0, 0.03 }, { "AdamW", 0, 0 }, { "AdamW", 0, 0.1 },
    };

    private static Parameter[] Weights(ScalarType type, int seed)
    {
        using var generator = new Generator((ulong)seed);
        return [.. new long[][] { [4, 3], [5], [2, 3, 2], [] }.Select(shape => nn.Parameter(randn(shape, dtype: type, generator: generator)))];
    }

    private static Optimizer Ours(string kind, double momentum, double decay, params ParameterGroup[] groups) => kind switch
    {
        "Adam" => new Hdge.Training.Adam(groups, decay),
        "AdamW" => new Hdge.Training.Adam(groups, decay, decoupled: true),
        _ => new Sgd(groups, decay, momentum, nesterov: kind == "Nesterov"),
    };

    private static OptimizerHelper Theirs(string kind, double momentum, double decay, Parameter[] first, Parameter[] second)
    {
        return kind switch
        {
            "Adam" => optim.Adam([new TorchSharp.Modules.Adam.ParamGroup(first, 0.05, weight_decay: decay), new TorchSharp.Modules.Adam.ParamGroup(second, 0.05, weight_decay: 2 * decay)]),
            "AdamW" => optim.AdamW([new AdamW.ParamGroup(first, 0.05, weight_decay: decay), new AdamW.ParamGroup(second, 0.05, weight_decay: 2 * decay)]),
            _ => optim.SGD([Group(first, decay), Group(second, 2 * decay)], 0.05),
        };

        SGD.ParamGroup Group(Parameter[] weights, double lambda) => new(weights, 0.05, momentum, 0, lambda, nesterov: kind == "Nesterov");
    }

    /// <summary>A loss that is no quadratic and whose third weight has no part in every other step.</summary>
    private static void Backward(Parameter[] weights, int step)
    {
        using var scope = NewDisposeScope();
        var loss = weights.Select((w, i) => i == 2 && step % 2 == 1 ? null : (w * w * (i + 1) + (w * (step + 1)).sin()).sum()).Where(t => t is not null).Aggregate((a, b) => a! + b!)!;
        loss.backward();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fifty_steps_with_two_groups_and_changing_rates_are_TorchSharps(string kind, double momentum, double decay)
    {
        foreach (var (type, tolerance) in new[] { (float64, 1e-12), (float32, 2e-6) })
        {
            Parameter[] ours = Weights(type, 3), theirs = Weights(type, 3);
            ParameterGroup[] groups = [new(ours[..2]), new(ours[2..], LearningRateFactor: 2, WeightDecayFactor: 2)];
            using var own = Ours(kind, momentum, decay, groups);
            using var torch = Theirs(kind, momentum, decay, theirs[..2], theirs[2..]);
            for (int step = 0; step < 50; step++)
            {
                double rate = 0.05 / (1 + step / 10);
                own.LearningRate = rate;
                (torch.ParamGroups.First().LearningRate, torch.ParamGroups.Last().LearningRate) = (rate, 2 * rate);
                own.ZeroGradients();
                torch.zero_grad();
                Backward(ours, step);
                Backward(theirs, step);
                own.Step();
                torch.step();
            }
            using var start = Weights(type, 3)[0];
            Assert.True(Distance(start, ours[0]) > 0.1);
            for (int i = 0; i < ours.Length; i++)
                Assert.True(Distance(ours[i], theirs[i]) < tolerance, $"weight {i} of {type}: {Distance(ours[i], theirs[i])}");
        }
    }

    /// <summary>One weight of 1 with the constant gradient 2, λ = 0.5 and learning rate 0.1, by hand.</summary>
    [Theory]
    [InlineData("SGD", 1 - 0.1 * 2.5, 0.75 - 0.1 * (0.9 * 2.5 + 2 + 0.5 * 0.75))]
    [InlineData("Nesterov", 1 - 0.1 * (2.5 + 0.9 * 2.5), 0.525 - 0.1 * (2.2625 + 0.9 * (0.9 * 2.5 + 2.2625)))]
    [InlineData("AdamW", 0.95 - 0.1, 0.85 * 0.95 - 0.1)] // with a constant gradient both averages, corrected, are the gradient and its square
    public void Two_steps_by_hand(string kind, double first, double second)
    {
        using var weight = nn.Parameter(tensor(1.0));
        using var optimizer = Ours(kind, 0.9, 0.5, new ParameterGroup([weight]));
        optimizer.LearningRate = 0.1;
        foreach (double expected in new[] { first, second })
        {
            optimizer.ZeroGradients();
            (weight * 2).backward();
            optimizer.Step();
            Assert.Equal(expected, weight.item<double>(), 8);
        }
    }

    [Fact]
    public void A_weight_without_a_gradient_stays_and_gradients_are_set_to_0()
    {
        using var used = nn.Parameter(tensor(1.0));
        using var unused = nn.Parameter(tensor(3.0));
        using var optimizer = Ours("AdamW", 0, 0.5, new ParameterGroup([used, unused]));
        optimizer.LearningRate = 0.1;
        (used * 2).backward();
        optimizer.Step();
        Assert.Equal(3, unused.item<double>());
        Assert.Equal(["0.step", "0.exp_avg", "0.exp_avg_sq", "1.step", "1.exp_avg", "1.exp_avg_sq"], optimizer.State().Select(s => s.Key));
        Assert.Equal([1L, 0L], optimizer.State().Where(s => s.Key.EndsWith("step", StringComparison.Ordinal)).Select(s => s.Value.item<long>()));
        optimizer.ZeroGradients();
        Assert.Equal(0, used.grad!.item<double>());
    }

    [Fact]
    public void Steps_leave_no_tensor_behind()
    {
        Parameter[] weights = Weights(float32, 1);
        using var optimizer = Ours("Adam", 0, 0.1, new ParameterGroup(weights));
        optimizer.LearningRate = 0.01;
        Backward(weights, 0);
        optimizer.Step();
        long before = Tensor.TotalCount;
        for (int step = 0; step < 5; step++)
            optimizer.Step();
        Assert.Equal(before, Tensor.TotalCount);
    }

    private static double Distance(Tensor a, Tensor b) => (a - b).abs().max().to(float64).item<double>();

    /// <summary>Gradients 6 and 8 have the length 10: with at most 5 they become 3 and 4, and Adam's averages are of those.</summary>
    [Theory]
    [InlineData(null, 6, 8)]
    [InlineData(5.0, 3, 4)]
    [InlineData(20.0, 6, 8)]
    public void Long_gradients_are_shortened_together(double? largest, double first, double second)
    {
        Parameter[] weights = [nn.Parameter(ones(1, dtype: float64)), nn.Parameter(ones([], dtype: float64)), nn.Parameter(ones(1, dtype: float64))];
        using var optimizer = new Sgd([new(weights)], 0, 0, nesterov: false) { LargestGradient = largest, LearningRate = 1 };
        (weights[0] * 6 + weights[1] * 8).sum().backward(); // the third has none
        optimizer.Step();
        Assert.Equal(1 - first, weights[0].item<double>(), 1e-5);
        Assert.Equal(1 - second, weights[1].item<double>(), 1e-5);
        Assert.Equal(1, weights[2].item<double>());
    }

    /// <summary>Two steps with gradients 1 and 3: v = ((1 − β₂)·β₂·1 + (1 − β₂)·9) / (1 − β₂²), by hand for β₂ = 0.5.</summary>
    [Fact]
    public void Adam_takes_another_share_of_the_past()
    {
        Parameter[] weights = [nn.Parameter(ones(1, dtype: float64))];
        using var optimizer = new Hdge.Training.Adam([new(weights)], beta2: 0.5) { LearningRate = 0.1 };
        foreach (double slope in new[] { 1.0, 3 })
        {
            optimizer.ZeroGradients();
            (weights[0] * slope).sum().backward();
            optimizer.Step();
        }
        double mean = (0.1 * 0.9 * 1 + 0.1 * 3) / (1 - 0.81), square = (0.25 * 1 + 0.5 * 9) / 0.75;
        Assert.Equal(1 - 0.1 - 0.1 * mean / Math.Sqrt(square), weights[0].item<double>(), 1e-7);
    }
}

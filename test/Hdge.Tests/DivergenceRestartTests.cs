using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Tests;

public class DivergenceRestartTests
{
    /// <summary>Cross-entropy that is no longer finite at the given steps, counted over all that the run makes; it tells what it saw.</summary>
    private sealed record FaultyOptions(Func<int, bool> Fails) : ObjectiveOptions
    {
        public List<(int Seed, float[] Weights)> Steps { get; } = [];

        public override void Validate()
        {
        }

        public override IObjective Create(ObjectiveContext context) => new Faulty(this);

        private sealed class Faulty(FaultyOptions options) : IObjective
        {
            public ObjectiveTerms Compute(TrainingStep batch)
            {
                options.Steps.Add((batch.Seed, [.. batch.Network.parameters().SelectMany(p => p.data<float>().ToArray())]));
                var loss = nn.functional.cross_entropy(batch.Logits, batch.Labels);
                return new ObjectiveTerms(options.Fails(options.Steps.Count - 1) ? loss * double.NaN : loss, loss.detach());
            }

            public void Dispose()
            {
            }
        }
    }

    private static TrainingOptions Options(FaultyOptions objective, OptimizerKind optimizer) => SmallImages.Quick with
    {
        Epochs = 3,
        Objective = objective,
        Optimizer = optimizer,
        LearningRate = 0.01,
        ValidationFraction = 0,
        Network = new WideResNetOptions { Normalization = Normalization.None },
        DivergenceRestarts = 2,
    };

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    public void ARunGoesBackToItsLastGoodStateWithOtherRandomNumbers(OptimizerKind optimizer)
    {
        // 3 steps an epoch: steps 0..2, then 3 and 4 (bad), then the second epoch again as 5..7 and the third as 8..10.
        var objective = new FaultyOptions(step => step == 4);
        var (metrics, log) = (new List<EpochMetrics>(), new List<string>());
        using var model = ModelTrainer.Train(SmallImages.Patterns(48), Options(objective, optimizer), new TrainingCallbacks { Epoch = metrics.Add, Log = log.Add });
        var steps = objective.Steps;
        Assert.Equal(11, steps.Count);
        Assert.Equal(steps[3].Weights, steps[5].Weights);
        Assert.NotEqual(steps[4].Weights, steps[5].Weights);
        Assert.DoesNotContain(steps[5].Seed, steps[..5].Select(s => s.Seed));
        Assert.Equal([1, 2, 3], metrics.Select(m => m.Epoch));
        Assert.Contains("step 4 (epoch 2)", Assert.Single(log, line => line.StartsWith("Training diverged", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("restart 1 of 2", log[0], StringComparison.Ordinal);
        Assert.All(model.Network.parameters(), p => Assert.All(p.data<float>().ToArray(), v => Assert.True(float.IsFinite(v))));
    }

    [Fact]
    public void TheFirstEpochGoesBackToTheStart()
    {
        var objective = new FaultyOptions(step => step == 1);
        using var model = ModelTrainer.Train(SmallImages.Patterns(48), Options(objective, OptimizerKind.Sgd));
        Assert.Equal(objective.Steps[0].Weights, objective.Steps[2].Weights);
        Assert.Equal(11, objective.Steps.Count);
    }

    [Fact]
    public void ItGivesUpWhenTheRestartsAreUsedUp()
    {
        var objective = new FaultyOptions(step => step >= 3);
        var log = new List<string>();
        var error = Assert.Throws<DivergenceException>(() => ModelTrainer.Train(SmallImages.Patterns(48), Options(objective, OptimizerKind.Sgd), new TrainingCallbacks { Log = log.Add }));
        Assert.Equal(2, log.Count);
        Assert.Equal((2, 3L), (error.Epoch, error.Step));
        Assert.Equal(6, objective.Steps.Count);
        using var model = error.LastGoodModel!;
        Assert.Equal(objective.Steps[3].Weights, model.Network.parameters().SelectMany(p => p.data<float>().ToArray()));
    }
}

using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Hdge.MLNet.Tests.Extending;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>An objective and a network from outside our assemblies: those of docs/extending.md.</summary>
public sealed class ExtendingTests : IDisposable
{
    private static readonly ImageShape s_shape = new(1, TinyImages.Side, TinyImages.Side);

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    public ExtendingTests() => NetworkOptions.Register<PlainNetworkOptions>("plain");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("CenterObjective.cs")]
    [InlineData("PlainNetwork.cs")]
    public void TheGuideShowsTheCodeThatIsTestedHere(string file)
    {
        string docs = Path.Combine(AppContext.BaseDirectory, "docs"), guide = File.ReadAllText(Path.Combine(docs, "extending.md"));
        string[] paragraphs = File.ReadAllText(Path.Combine(docs, file)).Trim().Split("\n\n");
        Assert.Contains(string.Join("\n\n", paragraphs.Where(p => !p.StartsWith("namespace ", StringComparison.Ordinal))), guide, StringComparison.Ordinal);
    }

    [Fact]
    public void AnObjectiveOfOnesOwnTrainsAndResumesToTheSameWeights()
    {
        TrainingOptions options = Options() with { Objective = new CenterOptions { Weight = 0.5 } };
        using HdgeModel whole = ModelTrainer.Train(Images(), options);
        var saved = new CheckpointOptions { Path = Path.Combine(_folder, "run") };
        Assert.Throws<TimeoutException>(() => ModelTrainer.Train(Images(), options with { Checkpoint = saved }, m => { if (m.Epoch == 2) throw new TimeoutException(); }));
        TrainingOptions again = options with { Checkpoint = saved with { Resume = true } };

        Exception other = Assert.Throws<ArgumentException>(() => ModelTrainer.Train(Images(), again with { Objective = new CenterOptions { Weight = 0.25 } }));
        Assert.Contains("Objective.Weight was 0.5 and is 0.25", other.Message, StringComparison.Ordinal);
        using HdgeModel resumed = ModelTrainer.Train(Images(), again);
        Assert.Equal(Logits(whole), Logits(resumed));

        using HdgeModel plain = ModelTrainer.Train(Images(), options with { Objective = new CrossEntropyOptions() });
        Assert.NotEqual(Logits(plain), Logits(whole));
        Exception refused = Assert.Throws<ArgumentOutOfRangeException>(() => ModelTrainer.Train(Images(), options with { Objective = new CenterOptions { Weight = 0 } }));
        Assert.StartsWith("Weight is 0, expected", refused.Message, StringComparison.Ordinal);
        Assert.Equal("Center: Weight 0.5", $"{options.Objective}");
    }

    [Fact]
    public void AnObjectiveOfOnesOwnTakesWeightsMixedImagesAndLabelSmoothing()
    {
        TrainingOptions options = Options() with { Objective = new CenterOptions { Weight = 0.5 }, Epochs = 1 };
        using HdgeModel plain = ModelTrainer.Train(Images(), options);
        TrainingOptions[] all = [options with { ClassWeights = ClassWeights.Given(1, 2, 5) }, options with { Augmentation = new() { Mixup = 0.5 } }, options with { LabelSmoothing = 0.2 }];
        foreach (TrainingOptions changed in all)
        {
            using HdgeModel model = ModelTrainer.Train(Images(), changed);
            Assert.NotEqual(Logits(plain), Logits(model));
        }
    }

    [Fact]
    public void AnObjectiveOfOnesOwnMayLeaveTheClassifierToAFinalStage()
    {
        var stages = new List<TrainingStage>();
        TrainingOptions options = Options() with { Objective = new StagedOptions(), Epochs = 1 };
        using HdgeModel model = ModelTrainer.Train(Images(), options, metrics => stages.Add(metrics.Stage));
        Assert.Equal([TrainingStage.Network, TrainingStage.LinearLayer, TrainingStage.LinearLayer], stages);
    }

    [Fact]
    public void AnObjectiveAndANetworkOfOnesOwnGoThroughThePipelineAndItsFile()
    {
        var context = new MLContext(seed: 1);
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 8);
        options.Training = options.Training with { Objective = new CenterOptions(), Network = new PlainNetworkOptions { Width = 12 } };
        using var model = Trained.Fit(context, options);
        Trained.AssertLearnsAndSurvivesItsFile(context, model);
    }

    [Fact]
    public void ANetworkOfOnesOwnSurvivesAModelFileAndItsSeedDecidesIt()
    {
        TrainingOptions options = Options() with { Network = new PlainNetworkOptions { Width = 5 } };
        using HdgeModel first = ModelTrainer.Train(Images(), options), second = ModelTrainer.Train(Images(), options);
        Assert.Equal(Logits(first), Logits(second));
        string path = Path.Combine(_folder, "model.hdge");
        first.Save(path);
        using HdgeModel loaded = HdgeModel.Load(path);
        Assert.Equal(new PlainNetworkOptions { Width = 5 }, loaded.NetworkOptions);
        Assert.Equal(Logits(first), Logits(loaded));
    }

    [Fact]
    public void JemSeesTheBatchNormOfANetworkOfOnesOwn()
    {
        TrainingOptions options = Options() with { Network = new PlainNetworkOptions(), Objective = new JemOptions() };
        Assert.Contains("batch norm", Assert.Throws<ArgumentException>(() => options.Validate(s_shape)).Message, StringComparison.Ordinal);
    }

    private static TrainingOptions Options() => new() { Epochs = 3, BatchSize = 16, Device = "cpu", ValidationFraction = 0.2, Objective = new CrossEntropyOptions() };

    private static float[] Logits(HdgeModel model) => model.Logits(Images());

    private static ImageSet Images()
    {
        var images = new ImageSetBuilder(s_shape);
        for (int i = 0; i < 60; i++)
            images.Add(TinyImages.Bytes(i), i % 3);
        return images.Build(3);
    }

    /// <summary>Trains features alone, towards nothing in particular.</summary>
    private sealed record StagedOptions : ObjectiveOptions, IObjective
    {
        protected override bool TrainsClassifier => false;

        protected override LinearStageOptions? FinalStage => new(2, 0.01);

        public override void Validate()
        {
        }

        public override IObjective Create(ObjectiveContext context) => this;

        public ObjectiveTerms Compute(TrainingStep batch) => new(batch.Features.square().mean(), null);

        public void Dispose()
        {
        }
    }
}

using Hdge.Objectives;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Tests;

/// <summary>Weights, mixed classes and label smoothing in every objective that takes them, against the formulas written out image by image.</summary>
public class TargetTests
{
    private const int Count = 6, Classes = 4;
    private const double Smoothing = 0.2, Temperature = 0.7, Alpha = 0.3;
    private static readonly long[] s_labels = [0, 2, 3, 1, 2, 0], s_others = [2, 2, 0, 1, 1, 3];
    private static readonly double[] s_shares = [0.9, 0.1, 0.5, 1, 0.25, 0], s_weights = [0.5, 2, 1.5, 0.25, 0.75, 1];
    private static readonly double[][] s_logits = Logits(1), s_earlier = Logits(2);

    private static double[][] Logits(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Count).Select(_ => Enumerable.Range(0, Classes).Select(_ => 4 * random.NextDouble() - 2).ToArray())];
    }

    private static Tensor Rows(double[][] values) => tensor(values.SelectMany(r => r).ToArray()).reshape(values.Length, Classes);

    private static StepTargets Targets(bool weighted, bool mixed, double smoothing = Smoothing) => new(tensor(s_labels))
    {
        OtherLabels = mixed ? tensor(s_others) : null,
        Shares = mixed ? tensor(s_shares) : null,
        Weights = weighted ? tensor(s_weights) : null,
        LabelSmoothing = smoothing,
    };

    private static double LogSumExp(IEnumerable<double> values) => Math.Log(values.Sum(Math.Exp));

    private static double CrossEntropy(int i, long y, double smoothing) =>
        Enumerable.Range(0, Classes).Sum(c => ((c == y ? 1 - smoothing : 0) + smoothing / Classes) * (LogSumExp(s_logits[i]) - s_logits[i][c]));

    /// <summary>The mean of a term by image and class, as <see cref="StepTargets.Mean(Func{Tensor, Tensor})"/> says it.</summary>
    private static double Mean(bool weighted, bool mixed, Func<int, long, double> term) => Enumerable.Range(0, Count).Average(i =>
        (weighted ? s_weights[i] : 1) * (mixed ? s_shares[i] * term(i, s_labels[i]) + (1 - s_shares[i]) * term(i, s_others[i]) : term(i, s_labels[i])));

    public static TheoryData<bool, bool> Kinds => new() { { false, false }, { true, false }, { false, true }, { true, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void CrossEntropyIsThatOfTheTargetsAndReportedWithoutSmoothing(bool weighted, bool mixed)
    {
        using var scope = NewDisposeScope();
        using var terms = CrossEntropyObjective.Compute(Rows(s_logits), Targets(weighted, mixed));
        Assert.Equal(Mean(weighted, mixed, (i, y) => CrossEntropy(i, y, Smoothing)), terms.Loss.item<double>(), 1e-12);
        Assert.Equal(Mean(weighted, mixed, (i, y) => CrossEntropy(i, y, 0)), terms.CrossEntropy!.item<double>(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TheBatchsContrastIsOfBothClasses(bool weighted, bool mixed)
    {
        using var scope = NewDisposeScope();
        using var objective = new InBatchObjective(new() { Alpha = Alpha, Temperature = Temperature });
        using var terms = objective.Compute(Rows(s_logits), Targets(weighted, mixed));
        double contrast = Mean(weighted, mixed, (i, y) => LogSumExp(s_logits.Select(r => r[y] / Temperature)) - s_logits[i][y] / Temperature);
        Assert.Equal(contrast, terms.Contrastive!.item<double>(), 1e-12);
        Assert.Equal(Alpha * Mean(weighted, mixed, (i, y) => CrossEntropy(i, y, Smoothing)) + (1 - Alpha) * contrast, terms.Loss.item<double>(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TheBanksContrastIsOfBothClassesAndAMixedImageIsNoNegativeOfEither(bool weighted, bool mixed)
    {
        using var scope = NewDisposeScope();
        using var objective = new MemoryBankObjective(Classes, new() { Alpha = Alpha, Temperature = Temperature, BankSize = 20 });
        objective.Compute(Rows(s_earlier), Targets(weighted, mixed)).Dispose();
        using var terms = objective.Compute(Rows(s_logits), Targets(weighted, mixed));
        double contrast = Mean(weighted, mixed, (i, y) =>
        {
            double own = s_logits[i][y] / Temperature;
            var negatives = Enumerable.Range(0, Count).Where(k => s_labels[k] != y && !(mixed && s_others[k] == y)).Select(k => s_earlier[k][y] / Temperature);
            return LogSumExp(negatives.Append(own)) - own;
        });
        Assert.Equal(contrast, terms.Contrastive!.item<double>(), 1e-10);
        Assert.Equal(Alpha * Mean(weighted, mixed, (i, y) => CrossEntropy(i, y, Smoothing)) + (1 - Alpha) * contrast, terms.Loss.item<double>(), 1e-10);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TheDensityTermIsWeightedAndHasNoClasses(bool weighted, bool mixed)
    {
        using var scope = NewDisposeScope();
        using var objective = new ContrastiveDensityObjective(new() { Alpha = Alpha, Temperature = Temperature, BankSize = 20 });
        objective.Compute(Rows(s_earlier), Targets(weighted, mixed)).Dispose();
        using var terms = objective.Compute(Rows(s_logits), Targets(weighted, mixed));
        double density = Mean(weighted, mixed, (i, _) =>
        {
            double own = LogSumExp(s_logits[i]) / Temperature;
            return LogSumExp(s_earlier.Select(r => LogSumExp(r) / Temperature).Append(own)) - own;
        });
        Assert.Equal(density, terms.Density!.item<double>(), 1e-10);
        Assert.Equal(Alpha * Mean(weighted, mixed, (i, y) => CrossEntropy(i, y, Smoothing)) + (1 - Alpha) * density, terms.Loss.item<double>(), 1e-10);
    }

    [Fact]
    public void AnAnchorOfSupervisedContrastCountsByItsWeight()
    {
        using var scope = NewDisposeScope();
        double[][] unit = [.. s_logits.Select(r => r.Select(v => v / Math.Sqrt(r.Sum(x => x * x))).ToArray())];
        double Score(int i, int j) => unit[i].Zip(unit[j]).Sum(p => p.First * p.Second) / Temperature;
        int[] anchors = [0, 1, 4, 5]; // the others have no positives
        double expected = anchors.Average(i => s_weights[i] * -Enumerable.Range(0, Count).Where(j => j != i && s_labels[j] == s_labels[i])
            .Average(j => Score(i, j) - LogSumExp(Enumerable.Range(0, Count).Where(a => a != i).Select(a => Score(i, a)))));
        using var term = SupervisedContrastive.Term(Rows(s_logits), tensor(s_labels), Temperature, tensor(s_weights));
        Assert.Equal(expected, term.item<double>(), 1e-12);
    }

    [Fact]
    public void JemsDensityComparesEachImageWithTheSamplesByItsWeight()
    {
        // As in JemTests: the chains go to the mode without noise, so LogSumExp of the samples is log 3.
        ImageShape shape = new(1, 2, 2);
        var options = new JemOptions { ClassifierWeight = 0.5, DensityWeight = 2, BufferSize = 20, ReinitProbability = 0, Sampler = new() { Steps = 6, StepSize = 0.09, Noise = 0 } };
        var network = new QuadraticNetwork(shape, 0.3, 0.4, 0.4, 0.4);
        network.train();
        using var objective = options.Create(new(network, new(), CPU, 1));
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var images = zeros(3, 1, 2, 2).uniform_(-1, 1, generator);
        float[] weights = [0.5f, 2, 0.25f];
        using var terms = objective.Compute(new TrainingStep(network, images, new StepTargets(tensor(new long[] { 0, 2, 1 })) { Weights = tensor(weights) }));
        double expected = images.data<float>().ToArray().Chunk(4).Zip(weights).Average(p => p.Second * p.First.Sum(v => (v - 0.4) * (v - 0.4)) / 0.18);
        Assert.Equal(expected, terms.Density!.item<float>(), 1e-4);
        Assert.Equal(Math.Log(3) * weights.Average(), terms.CrossEntropy!.item<float>(), 1e-5);
    }

    [Fact]
    public void WhatIsClassifiedRightCountsByTheShareOfItsClass()
    {
        using var scope = NewDisposeScope();
        long[] found = [.. s_logits.Select(r => (long)Array.IndexOf(r, r.Max()))];
        double expected = Enumerable.Range(0, Count).Sum(i => (found[i] == s_labels[i] ? s_shares[i] : 0) + (found[i] == s_others[i] ? 1 - s_shares[i] : 0));
        Assert.Equal(expected, Targets(weighted: true, mixed: true).Right(Rows(s_logits)).item<double>(), 1e-12);
        Assert.Equal(found.Zip(s_labels).Count(p => p.First == p.Second), Targets(weighted: true, mixed: false).Right(Rows(s_logits)).item<double>());
    }

    [Fact]
    public void EveryObjectiveRefusesWhatItDoesNotTake()
    {
        var adversarial = new AdversarialTrainingOptions();
        (ObjectiveOptions Options, TargetKinds Takes)[] all =
        [
            (new CrossEntropyOptions(), TargetKinds.All), (new InBatchOptions(), TargetKinds.All), (new InBatchOptions { Alpha = 0 }, TargetKinds.Weighted | TargetKinds.Mixed),
            (new MemoryBankOptions(), TargetKinds.All), (new MemoryBankOptions { Alpha = 0 }, TargetKinds.Weighted | TargetKinds.Mixed),
            (new ContrastiveDensityOptions(), TargetKinds.All), (new ContrastiveDensityOptions { Alpha = 0 }, TargetKinds.Weighted),
            (new SupervisedContrastiveOptions(), TargetKinds.Weighted | TargetKinds.Smoothed), (new JemOptions(), TargetKinds.Weighted | TargetKinds.Smoothed),
            (new JemOptions { DensityWeight = 0, ClassifierWeight = 0, ConditionalWeight = 1 }, TargetKinds.Weighted | TargetKinds.Mixed), (adversarial, TargetKinds.Weighted | TargetKinds.Smoothed),
            (adversarial with { Inner = new MemoryBankOptions { Alpha = 0 } }, TargetKinds.Weighted),
        ];
        foreach (var (options, takes) in all)
        {
            var run = SmallImages.Quick with { Objective = options, Network = new Networks.WideResNetOptions { Normalization = Networks.Normalization.None } };
            Check(TargetKinds.Smoothed, run with { LabelSmoothing = 0.1 }, "LabelSmoothing is 0.1");
            Check(TargetKinds.Mixed, run with { Augmentation = new() { Mixup = 0.2 } }, "Augmentation.Mixup is 0.2 and CutMix 0");
            Check(TargetKinds.Mixed, run with { Augmentation = new() { CutMix = 1 } }, "Augmentation.Mixup is 0 and CutMix 1");
            Check(TargetKinds.Weighted, run with { ClassWeights = ClassWeights.Balanced }, "There are ClassWeights");

            void Check(TargetKinds kind, TrainingOptions asked, string message)
            {
                if (takes.HasFlag(kind))
                    asked.Validate(SmallImages.Shape);
                else
                    Assert.Contains(message, Assert.Throws<ArgumentException>(() => asked.Validate(SmallImages.Shape)).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void AnObjectiveOfOnesOwnThatDoesNotSayIsAskedForNothing()
    {
        var run = SmallImages.Quick with { Objective = new Silent() };
        run.Validate(SmallImages.Shape);
        Assert.Throws<ArgumentException>(() => (run with { LabelSmoothing = 0.1 }).Validate(SmallImages.Shape));
        Assert.Contains("weights of images", Assert.Throws<ArgumentException>(() =>
            ModelTrainer.Train(SmallImages.Patterns(30).WithWeights([.. Enumerable.Range(1, 30).Select(i => (float)i)]), run)).Message, StringComparison.Ordinal);
    }

    private sealed record Silent : ObjectiveOptions
    {
        public override void Validate()
        {
        }

        public override IObjective Create(ObjectiveContext context) => new CrossEntropyObjective();
    }
}

using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Robustness;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>Runs of 20 steps that several processes and one are to end alike. The batch is <see cref="Batch"/> images whatever the number of processes; the last of an epoch has other numbers of images for each of them.</summary>
internal static class Cases
{
    public const int Batch = 32;

    private static TrainingOptions Base => SmallImages.Quick with
    {
        Epochs = 4,
        LearningRate = 0.02,
        Threads = 1,
        Precision = Precision.Single, // in bfloat16 the order of sums shows in the third digit
        EarlyStopping = null,
        Detection = new() { Score = DetectionScore.LogDensity }, // not what is looked at
        Network = new WideResNetOptions { Normalization = Normalization.Batch },
        Objective = new CrossEntropyOptions(),
    };

    private static readonly AugmentationOptions s_crop = new() { CropPadding = 1, HorizontalFlip = true };

    /// <summary>By SGD: weights agree. Rates are such that rounding does not grow: a rectifier that one run just passes and the other does not sets them apart for good, as it does one process with other threads.</summary>
    public static readonly IReadOnlyDictionary<string, TrainingOptions> Sgd = new Dictionary<string, TrainingOptions>
    {
        ["cross-entropy"] = Base,
        ["cross-entropy, no norm"] = Base with { Network = Norm(Normalization.None) },
        ["cross-entropy, layer norm"] = Base with { Network = Norm(Normalization.Layer), LearningRate = 0.002 },
        ["cross-entropy, instance norm"] = Base with { Network = Norm(Normalization.Instance), LearningRate = 0.002 },
        ["cross-entropy, activation norm"] = Base with { Network = Norm(Normalization.Activation), LearningRate = 0.0005 },
        ["in-batch"] = Base with { Objective = new InBatchOptions(), LearningRate = 0.005 },
        ["in-batch, no norm"] = Base with { Objective = new InBatchOptions(), Network = Norm(Normalization.None) },
        ["in-batch, normalised features, two views"] = Base with { LearningRate = 0.0005, Objective = new InBatchOptions { Views = 2, Logits = LogitForm.FeatureNormalized() }, Augmentation = s_crop },
        ["bank, equation 13"] = Base with { Objective = new MemoryBankOptions { BankSize = 100 } },
        ["bank, equation 13, no norm"] = Base with { Objective = new MemoryBankOptions { BankSize = 100 }, Network = Norm(Normalization.None) },
        ["bank, L2"] = Base with { Objective = new MemoryBankOptions { BankSize = 100, RandomStart = true, Form = MemoryBankForm.PublishedL2 } },
        ["contrastive density"] = Base with { Objective = new ContrastiveDensityOptions { BankSize = 50 } },
        ["supervised contrastive"] = Base with { LearningRate = 0.002, Objective = new SupervisedContrastiveOptions { Views = 2, Alpha = 0.5, LinearEpochs = 0 }, Augmentation = s_crop },
        ["adversarial"] = Base with { Objective = new AdversarialTrainingOptions { Inner = new MemoryBankOptions { BankSize = 50 }, Attack = new PgdOptions { Steps = 2, StepSize = 0.02, Norm = PgdNorm.L2, Epsilon = 0.5 } } },
        ["density ratio and rotation"] = Base with { LearningRate = 0.0003, Objective = new CrossEntropyOptions { DensityRatio = new() { Made = [MadeKind.Mixed, MadeKind.Rotated] }, Rotation = new() } },
        ["generative-contrastive"] = Base with
        {
            Network = new PixelTransformerOptions { Colors = 8, Width = 8, Heads = 2, Blocks = 2, Reduction = 2 },
            Objective = new GenerativeContrastiveOptions { LinearEpochs = 1 },
            Augmentation = s_crop with { SecondView = new ViewAugmentationOptions() },
        },
        ["all that is drawn"] = Base with
        {
            LearningRate = 0.001,
            Network = new WideResNetOptions { DropoutRate = 0.2 }, Objective = new InBatchOptions(), LabelSmoothing = 0.1, ClassWeights = ClassWeights.Given([1, 2, 3]), GradientClipping = 1, EmaDecay = 0.9,
            Augmentation = s_crop with { NoiseDeviation = 0.05, CutMix = 1, Erasing = new() { Probability = 0.5 } },
        },
    };

    /// <summary>By Adam, which divides by the size of gradients that may be nearly 0.</summary>
    public static readonly TrainingOptions Adam = Base with { Optimizer = OptimizerKind.Adam, LearningRate = 0.002, Objective = new InBatchOptions() };

    /// <summary>133 to train on: the last batch has 5 images. Of 129 it has 1, and three of four processes have none.</summary>
    public static ImageSet Images => SmallImages.Patterns(166);

    private static WideResNetOptions Norm(Normalization normalization) => new() { Normalization = normalization };
}

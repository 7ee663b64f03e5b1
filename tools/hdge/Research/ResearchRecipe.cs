using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Research;

/// <summary>Network, augmentation, optimiser and schedule that the rows of a table have in common.</summary>
internal static class ResearchRecipe
{
    public const string QuickStart = "quick-start", Photographs = "photographs", Features = "features", FineTuned = "fine-tuned";

    public static readonly string[] Names = [QuickStart, Photographs, Features, FineTuned];

    /// <exception cref="ArgumentException">There is no such recipe.</exception>
    public static TrainingOptions Of(ResearchSettings settings)
    {
        var recipe = settings.Recipe switch
        {
            QuickStart => new TrainingOptions(), // the library's defaults
            Photographs => new()
            {
                Network = new WideResNetOptions(),
                Augmentation = new AugmentationOptions { CropPadding = 4, HorizontalFlip = true },
                Epochs = 10,
                BatchSize = 128,
                Optimizer = OptimizerKind.Sgd,
                LearningRate = 0.1,
                WeightDecay = 5e-4,
                Schedule = ScheduleKind.OneCycle,
            },
            Features => new()
            {
                Network = new FeatureNetworkOptions { Hidden = [] },
                Epochs = 40,
                BatchSize = 128,
                Optimizer = OptimizerKind.AdamW,
                LearningRate = 1e-3,
                WeightDecay = 0.01,
                Schedule = ScheduleKind.Cosine,
            },
            FineTuned => new()
            {
                Network = new ResNet18Options { InputSize = 64 },
                Pretrained = "imagenet-resnet18",
                Freeze = Freeze.Stage1,
                Augmentation = new AugmentationOptions { HorizontalFlip = true },
                Epochs = 3,
                BatchSize = 32,
                Optimizer = OptimizerKind.AdamW,
                LearningRate = 1e-3,
                Schedule = ScheduleKind.OneCycle,
            },
            _ => throw new ArgumentException($"--recipe is '{settings.Recipe}', expected one of {string.Join(", ", Names)}."),
        };
        return recipe with
        {
            Network = NetworkNames.Change(recipe.Network, settings.Network, null, settings.InputSize),
            Pretrained = settings.Pretrained ?? recipe.Pretrained,
            Freeze = settings.Freeze ?? recipe.Freeze,
            Epochs = settings.Epochs ?? recipe.Epochs,
            BatchSize = settings.Batch ?? recipe.BatchSize,
            LearningRate = settings.LearningRate ?? recipe.LearningRate,
        };
    }
}

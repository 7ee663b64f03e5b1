using Hdge.Cli.Training;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Cli.Research;

/// <summary>Network, augmentation, optimiser and schedule that the rows of a table have in common.</summary>
internal static class ResearchRecipe
{
    public const string QuickStart = "quick-start", Photographs = "photographs", Features = "features";

    public static readonly string[] Names = [QuickStart, Photographs, Features];

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
            _ => throw new ArgumentException($"--recipe is '{settings.Recipe}', expected one of {string.Join(", ", Names)}."),
        };
        return recipe with
        {
            Network = NetworkNames.Change(recipe.Network, settings.Network, null, null),
            Epochs = settings.Epochs ?? recipe.Epochs,
            BatchSize = settings.Batch ?? recipe.BatchSize,
            LearningRate = settings.LearningRate ?? recipe.LearningRate,
        };
    }
}

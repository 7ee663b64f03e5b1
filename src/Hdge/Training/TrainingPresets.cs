using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;

namespace Hdge.Training;

/// <summary>
/// Training regimes by name: network, augmentation, optimiser and schedule. All else has its defaults, the objective too but for <see cref="Speed"/>, and a preset is changed as any
/// record: <c>TrainingPresets.WideResNet with { Epochs = 20 }</c>. Presets that mirror images are for photographs: <c>HorizontalFlip = false</c> for digits and letters.
/// </summary>
public static class TrainingPresets
{
    private static readonly AugmentationOptions CropAndFlip = new() { CropPadding = 4, HorizontalFlip = true };

    /// <summary>
    /// JEM's regime (Grathwohl et al. 2020, appendix A, and its published code), which the paper uses for its density results: WRN-28-10 without
    /// normalisation or dropout; Adam, learning rate 0.0001, β = (0.9, 0.999), no weight decay; a linear warm-up of 1000 steps, then × 0.3 after epochs
    /// 160 and 180 of 200; batches of 64; crop of images padded by 4, flip, Gaussian noise of deviation 0.03 on the input of −1..1.
    /// </summary>
    public static TrainingOptions Jem { get; } = new()
    {
        Network = new WideResNetOptions { Depth = 28, Width = 10, Normalization = Normalization.None },
        Augmentation = CropAndFlip with { NoiseDeviation = 0.03 },
        Epochs = 200,
        BatchSize = 64,
        Optimizer = OptimizerKind.Adam,
        LearningRate = 1e-4,
        WeightDecay = 0,
        Schedule = ScheduleKind.Step,
        StepEpochs = [160, 180],
        StepFactor = 0.3,
        WarmUpSteps = 1000,
        EarlyStopping = null,
    };

    /// <summary>
    /// The regime of wide residual networks (Zagoruyko and Komodakis 2016, section 3), which the paper uses for its accuracy results: WRN-28-10 with batch
    /// norm and dropout 0.3; SGD with Nesterov momentum 0.9, learning rate 0.1, weight decay 5e-4; × 0.2 after epochs 60, 120 and 160 of 200; batches of
    /// 128 (256 in the comparison with Supervised Contrastive learning); crop of images padded by 4 and flip.
    /// </summary>
    public static TrainingOptions WideResNet { get; } = new()
    {
        Network = new WideResNetOptions { Depth = 28, Width = 10, DropoutRate = 0.3, Normalization = Normalization.Batch },
        Augmentation = CropAndFlip,
        Epochs = 200,
        BatchSize = 128,
        Optimizer = OptimizerKind.Sgd,
        LearningRate = 0.1,
        Momentum = 0.9,
        WeightDecay = 5e-4,
        Schedule = ScheduleKind.Step,
        StepEpochs = [60, 120, 160],
        StepFactor = 0.2,
        EarlyStopping = null,
    };

    /// <summary>
    /// For a processor, not from the paper: WRN-10-1 with batch norm, 6 epochs in one cycle (Smith and Topin 2018) up to a learning rate of 0.005, Adam
    /// without weight decay, batches of 64, no augmentation.
    /// </summary>
    public static TrainingOptions Fast { get; } = new()
    {
        Network = new WideResNetOptions { Depth = 10, Width = 1, Normalization = Normalization.Batch },
        Epochs = 6,
        BatchSize = 64,
        Optimizer = OptimizerKind.Adam,
        LearningRate = 5e-3,
        WeightDecay = 0,
        Schedule = ScheduleKind.OneCycle,
    };

    /// <summary>
    /// Generative and contrastive learning without labels (<see cref="GenerativeContrastiveOptions"/>) for a processor: a pixel transformer of 4 blocks of width 64 on images reduced by 2, 64
    /// colours (16 are enough for grey images); Adam, learning rate 0.003, β₂ 0.95, warm-up of 50 steps, then half a cosine, gradients of length 1 at most, batches of 64. First views are
    /// cropped and mirrored, second ones strongly changed. About 60,000 images of 14×14 in 5 minutes on two cores.
    /// </summary>
    public static TrainingOptions GcrlFast { get; } = new()
    {
        Network = new PixelTransformerOptions { Colors = 64, Reduction = 2, Blocks = 4, Width = 64, Heads = 2 },
        Objective = new GenerativeContrastiveOptions(),
        Augmentation = CropAndFlip with { SecondView = new ViewAugmentationOptions() },
        Epochs = 6,
        BatchSize = 64,
        Optimizer = OptimizerKind.Adam,
        LearningRate = 0.003,
        AdamBeta2 = 0.95,
        GradientClipping = 1,
        WarmUpSteps = 50,
    };

    /// <summary>
    /// The same with the network of iGPT-S (Chen et al. 2020): 24 blocks of width 512, 512 colours, 32×32 pixels as they are, batches of 128, 100 epochs. For one GPU. What GCRL's paper
    /// took is not known here: α, β, τ, sizes and schedule are ours or iGPT's.
    /// </summary>
    public static TrainingOptions Gcrl { get; } = GcrlFast with
    {
        Network = new PixelTransformerOptions { Colors = 512, Blocks = 24, Width = 512, Heads = 8 },
        Epochs = 100,
        BatchSize = 128,
        WarmUpSteps = 400,
    };

    /// <summary>
    /// A good network soon, for photographs on a GPU; not from the paper, but what has proved itself in competitions of training speed on CIFAR-10 (Page 2018; Jordan 2024): WRN-16-4 with batch norm; SGD with Nesterov
    /// momentum 0.9, batches of 512, a triangular schedule up to 0.4 after a fifth of 30 epochs; weight decay 5e-4 off norms and biases; crop of images padded by 4, alternating flip, cutout of 8 pixels;
    /// cross-entropy with labels smoothed by 0.1; the moving average of the weights (0.99), scored as the mean of an image and its mirror image.
    /// </summary>
    public static TrainingOptions Speed { get; } = new()
    {
        Network = new WideResNetOptions { Depth = 16, Width = 4, Normalization = Normalization.Batch },
        Objective = new CrossEntropyOptions(),
        LabelSmoothing = 0.1,
        Augmentation = CropAndFlip with { AlternatingFlip = true, Cutout = 8 },
        Epochs = 30,
        BatchSize = 512,
        Optimizer = OptimizerKind.Sgd,
        LearningRate = 0.4,
        Momentum = 0.9,
        WeightDecay = 5e-4,
        DecayMatricesOnly = true,
        EmaDecay = 0.99,
        Schedule = ScheduleKind.Triangular,
        OneCycleWarmUp = 0.2,
        FlipAveraging = true,
    };

    /// <summary>The names that <see cref="Parse"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [nameof(Jem), nameof(WideResNet), nameof(Fast), nameof(Speed), nameof(GcrlFast), nameof(Gcrl)];

    /// <summary>The preset called <paramref name="name"/>, in any case of letters.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists the names.</exception>
    public static TrainingOptions Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToUpperInvariant() switch
        {
            "JEM" => Jem,
            "WIDERESNET" => WideResNet,
            "FAST" => Fast,
            "GCRLFAST" => GcrlFast,
            "GCRL" => Gcrl,
            "SPEED" => Speed,
            _ => throw new ArgumentException($"There is no preset '{name}', expected one of {string.Join(", ", Names)}.", nameof(name)),
        };
    }
}

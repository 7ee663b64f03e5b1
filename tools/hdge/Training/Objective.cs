using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;

namespace Hdge.Cli.Training;

/// <summary>An objective by its name on the command line.</summary>
/// <param name="Name">What <c>--objective</c> takes.</param>
/// <param name="Options">Its weights.</param>
internal sealed record Objective(string Name, ObjectiveOptions Options)
{
    private static readonly MemoryBankOptions s_publishedL2 = new() { Form = MemoryBankForm.PublishedL2, Alpha = 0.5, Temperature = 0.1 };

    public static readonly IReadOnlyList<Objective> All =
    [
        new("cross-entropy", new CrossEntropyOptions()),
        new("cross-entropy-smoothed", new CrossEntropyOptions()) { LabelSmoothing = 0.1 },
        new("hdge", new MemoryBankOptions()),
        new("hdge-l2", s_publishedL2),
        new("hdge-softmax", s_publishedL2 with { Form = MemoryBankForm.PublishedSoftmax }),
        new("generative", s_publishedL2 with { Alpha = 0 }),
        new("discriminative", new MemoryBankOptions { Alpha = 1 }),
        new("in-batch", new InBatchOptions()),
        new("in-batch-raw", new InBatchOptions { Logits = LogitForm.Raw }),
        new("in-batch-centred", new InBatchOptions { Logits = LogitForm.Centred }),
        new("gce", new InBatchOptions { Logits = LogitForm.LogSoftmax }),
        new("in-batch-normalized", new InBatchOptions { Logits = LogitForm.Normalized(0.1) }),
        new("logit-norm", new CrossEntropyOptions { Logits = LogitForm.Normalized() }),
        new("feature-norm", new CrossEntropyOptions { Logits = LogitForm.FeatureNormalized() }),
        new("boundary-norm", new CrossEntropyOptions { Logits = LogitForm.BoundaryNormalized }),
        new("in-batch-two-views", new InBatchOptions { Views = 2 }),
        new("supcon", new SupervisedContrastiveOptions()),
        new("supcon-two-views", new SupervisedContrastiveOptions { Views = 2 }),
        new("jem", new JemOptions()),
        new("hdge-jem", new JemOptions { ConditionalWeight = 1 }),
        new("contrastive-density", new ContrastiveDensityOptions()),
        new("adversarial", new AdversarialTrainingOptions()),
        new("adversarial-hdge", new AdversarialTrainingOptions { Inner = new MemoryBankOptions() }),
        new("gcrl", new GenerativeContrastiveOptions()),
        new("igpt", new GenerativeContrastiveOptions { Beta = 0 }),
        new("simclr", new GenerativeContrastiveOptions { Alpha = 0 }),
    ];

    /// <summary>Its label smoothing, where <c>--label-smoothing</c> does not say. Default 0.</summary>
    public double LabelSmoothing { get; init; }

    /// <exception cref="ArgumentException">There is no such objective.</exception>
    public static Objective Named(string name) =>
        All.FirstOrDefault(o => o.Name == name) ?? throw new ArgumentException($"Unknown objective '{name}'. Known: {string.Join(", ", All.Select(o => o.Name))}.");

    /// <summary>Whether it has a memory bank, of whose size <c>--bank</c> decides.</summary>
    public bool HasBank => WithBank(1) is not null;

    /// <summary>Its options with a bank of that size; null where it has none.</summary>
    public ObjectiveOptions? WithBank(int size) => Options switch
    {
        MemoryBankOptions bank => bank with { BankSize = size },
        ContrastiveDensityOptions density => density with { BankSize = size },
        JemOptions { ConditionalWeight: > 0 } jem => jem with { Contrast = jem.Contrast with { BankSize = size } },
        AdversarialTrainingOptions { Inner: MemoryBankOptions inner } adversarial => adversarial with { Inner = inner with { BankSize = size } },
        _ => null,
    };

    /// <summary>
    /// A preset's options as the objective can use them. JEM loses batch norm: real and sampled images must not be normalised by different batches. Two views get
    /// SimCLR's augmentation in place of the preset's crop and flip. What learns from pixels one by one gets the preset for it, and what moves images no network that reads them so.
    /// </summary>
    public TrainingOptions Fit(TrainingOptions given)
    {
        var preset = Options is GenerativeContrastiveOptions && given.Network is not PixelTransformerOptions ? TrainingPresets.GcrlFast : given;
        var network = Options is JemOptions or AdversarialTrainingOptions && preset.Network is PixelTransformerOptions ? new WideResNetOptions() : preset.Network;
        return preset with
        {
            Objective = Options,
            LabelSmoothing = LabelSmoothing,
            Network = Options is JemOptions && network is WideResNetOptions { Normalization: Normalization.Batch } wide ? wide with { Normalization = Normalization.None } : network,
            Augmentation = Options switch
            {
                InBatchOptions { Views: 2 } or SupervisedContrastiveOptions { Views: 2 } => preset.Augmentation with { CropPadding = 0, HorizontalFlip = false, Cutout = 0, Views = preset.Augmentation.Views ?? new(), SecondView = null },
                GenerativeContrastiveOptions { Beta: > 0 } => preset.Augmentation,
                _ => preset.Augmentation with { SecondView = null },
            },
        };
    }
}

namespace Hdge.Objectives;

/// <summary>Weights and memory bank of <see cref="MemoryBankObjective"/>.</summary>
public sealed record MemoryBankOptions : ObjectiveOptions
{
    /// <summary>Largest bank: above it a bank of 1,000 classes would not fit into an array of 2^31 bytes on most machines.</summary>
    internal const int LargestBank = 1 << 24;

    /// <summary>
    /// α of α·cross-entropy + (1 − α)·contrastive. Range [0, 1]: 1 is plain cross-entropy (the contrastive term is reported, not trained), 0 the generative
    /// term alone. Default 0.99, which holds equation (13)'s upward drift (docs/method.md has the measurements); the published code, with bounded scores,
    /// weighs 1 : 1 (0.5).
    /// </summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>Temperature T by which scores are divided. Above 0. Default 1, for raw logits; 0.1 in the paper, for normalised ones.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Negatives K that the memory bank holds. Range 1..2^24. Default 8192; 65536 in the paper.</summary>
    public int BankSize { get; init; } = 8192;

    /// <summary>Which scores the contrastive term compares. Default <see cref="MemoryBankForm.Equation13"/>: the published forms do not train the size of the log-density.</summary>
    public MemoryBankForm Form { get; init; } = MemoryBankForm.Equation13;

    /// <summary>Counts negatives of an image's own class too. Default false; true in the published code.</summary>
    public bool KeepSameLabelNegatives { get; init; }

    /// <summary>Starts with a bank full of standard normal logits, as the published code does, instead of an empty one. Default false.</summary>
    public bool RandomStart { get; init; }

    /// <inheritdoc/>
    protected internal override bool TakesFeaturesAlone => true;

    /// <inheritdoc/>
    protected internal override TargetKinds Takes => TargetKinds.Weighted | TargetKinds.Mixed | (Alpha > 0 ? TargetKinds.Smoothed : 0);

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Alpha >= 0 && Alpha <= 1, Alpha, "[0, 1]");
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "a finite number above 0");
        Argument.Require(BankSize is >= 1 and <= LargestBank, BankSize, $"1..{LargestBank}");
        Argument.Require(Enum.IsDefined(Form), Form, string.Join(", ", Enum.GetNames<MemoryBankForm>()));
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new MemoryBankObjective(context.Network.ClassCount, this, context.Seed);
}

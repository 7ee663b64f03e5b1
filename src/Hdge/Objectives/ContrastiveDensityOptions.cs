namespace Hdge.Objectives;

/// <summary>Weights and memory bank of <see cref="ContrastiveDensityObjective"/>.</summary>
public sealed record ContrastiveDensityOptions : ObjectiveOptions
{
    /// <summary>
    /// α of α·cross-entropy + (1 − α)·density. Range [0, 1]: 1 is plain cross-entropy; 0 is the density alone, which uses no labels and trains no classifier.
    /// Default 0.99: the bank is constant, so the term pushes all log-densities up, and cross-entropy and weight decay hold them only in part.
    /// </summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>Temperature T by which log-densities are divided. Above 0. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Log-densities K that the memory bank holds. Range 1..2^24. Default 8192; 65536 in the paper.</summary>
    public int BankSize { get; init; } = 8192;

    /// <inheritdoc/>
    protected internal override bool TrainsClassifier => Alpha > 0;

    /// <inheritdoc/>
    protected internal override bool TrainsDensity => Alpha < 1;

    /// <inheritdoc/>
    protected internal override string? NotAdversarial => Alpha > 0 ? null : $"its adversary would need a classifier, which an {nameof(Alpha)} of 0 does not train";

    /// <inheritdoc/>
    protected internal override bool TakesFeaturesAlone => true;

    /// <inheritdoc/>
    protected internal override TargetKinds Takes => TargetKinds.Weighted | (Alpha > 0 ? TargetKinds.Mixed | TargetKinds.Smoothed : 0);

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Alpha >= 0 && Alpha <= 1, Alpha, "[0, 1]");
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "a finite number above 0");
        Argument.Require(BankSize is >= 1 and <= MemoryBankOptions.LargestBank, BankSize, $"1..{MemoryBankOptions.LargestBank}");
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new ContrastiveDensityObjective(this);
}

namespace Hdge.Objectives;

/// <summary>Cross-entropy, the paper's discriminative baseline.</summary>
public sealed record CrossEntropyOptions : ObjectiveOptions
{
    /// <summary>Share ε of the target that is spread evenly over all classes (Szegedy et al. 2016, section 7). Range [0, 1). Default 0; none in the paper.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>The form of the logits that is compared: LogitNorm, T2FNorm or ELogitNorm in place of plain cross-entropy. Default <see cref="LogitForm.Raw"/>.</summary>
    public LogitForm Logits { get; init; } = LogitForm.Raw;

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(LabelSmoothing >= 0 && LabelSmoothing < 1, LabelSmoothing, "[0, 1)");
        ArgumentNullException.ThrowIfNull(Logits);
        Logits.Validate();
    }

    internal override void Finish(Networks.Backbone network) => FormedLogits.Finish(Logits, network);

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new CrossEntropyObjective(this);
}

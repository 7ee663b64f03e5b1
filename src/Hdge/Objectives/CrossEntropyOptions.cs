namespace Hdge.Objectives;

/// <summary>Cross-entropy, the paper's discriminative baseline.</summary>
public sealed record CrossEntropyOptions : ObjectiveOptions
{
    /// <inheritdoc/>
    protected internal override TargetKinds Takes => TargetKinds.All;

    /// <summary>The form of the logits that is compared: LogitNorm, T2FNorm or ELogitNorm in place of plain cross-entropy. Default <see cref="LogitForm.Raw"/>.</summary>
    public LogitForm Logits { get; init; } = LogitForm.Raw;

    /// <inheritdoc/>
    protected internal override bool TakesFeaturesAlone => true;

    internal override void Finish(Networks.Backbone network) => FormedLogits.Finish(Logits, network);

    /// <inheritdoc/>
    public override void Validate()
    {
        ArgumentNullException.ThrowIfNull(Logits);
        Logits.Validate();
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new CrossEntropyObjective(Logits);
}

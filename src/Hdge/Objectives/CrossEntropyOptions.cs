namespace Hdge.Objectives;

/// <summary>Cross-entropy, the paper's discriminative baseline.</summary>
public sealed record CrossEntropyOptions : ObjectiveOptions
{
    /// <inheritdoc/>
    protected internal override TargetKinds Takes => TargetKinds.All;

    /// <inheritdoc/>
    protected internal override bool TakesFeaturesAlone => true;

    /// <inheritdoc/>
    public override void Validate()
    {
    }

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context) => new CrossEntropyObjective();
}

namespace Hdge.Objectives;

/// <summary>Plain cross-entropy, the paper's discriminative baseline.</summary>
public sealed record CrossEntropyOptions : ObjectiveOptions
{
    /// <inheritdoc/>
    public override void Validate()
    {
    }

    internal override IObjective Create(ObjectiveContext context) => new CrossEntropyObjective();
}

namespace Hdge.Objectives;

/// <summary>Weights of <see cref="InBatchObjective"/>.</summary>
public sealed record InBatchOptions : ObjectiveOptions
{
    /// <summary>α of α·cross-entropy + (1 − α)·contrastive. Range [0, 1]: 1 is plain cross-entropy, 0 the contrastive term alone. Default 0.5, the published 1 : 1.</summary>
    public double Alpha { get; init; } = 0.5;

    /// <summary>Temperature T by which logits are divided. Above 0. Default 1, for raw logits; 0.1 in the paper, for normalised ones.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>
    /// The form of the logits that both terms compare. Raw logits leave each image an offset of its own, common to all its logits, which the contrast can move and cross-entropy does not see (docs/method.md);
    /// the other forms have none. <see cref="LogitForm.LogSoftmax"/> is GCE, <see cref="LogitForm.Normalized"/> with τ = 0.1 is symmetric in classes and images. Default null: LogSoftmax where the last layer
    /// alone is trained (<see cref="ObjectiveContext.TrainsLastLayerAlone"/>), which measured better there (docs/pretrained.md), else <see cref="LogitForm.Raw"/>.
    /// </summary>
    public LogitForm? Logits { get; init; }

    /// <summary>
    /// Kinds of images made of those of the batch, one kind an image, as many as there are images, that are negatives of every image beside the other images, in one forward pass with them: Σ_j over the made ones,
    /// too ("shifting transformations" as in CSI, Tack et al. 2020, section 2.2, within equation 13 of Liu and Abbeel 2020). What is not like any class is then pushed down in all of them. For images alone. Default none.
    /// </summary>
    public IReadOnlyList<MadeKind> Made { get; init; } = [];

    /// <summary>Views of each image in a step: 1 (default) or 2. Both views' logits form the batch; a batch of N images then has 2N − 1 negatives an image. Two ask for an augmentation that makes them differ.</summary>
    public int Views { get; init; } = 1;

    /// <inheritdoc/>
    protected internal override int ViewCount => Views;

    /// <inheritdoc/>
    protected internal override int SmallestBatch => 2;

    /// <inheritdoc/>
    protected internal override bool Distributes => true;

    /// <inheritdoc/>
    protected internal override bool TakesFeaturesAlone => Made.Count == 0;

    /// <inheritdoc/>
    protected internal override TargetKinds Takes => TargetKinds.Weighted | TargetKinds.Mixed | (Alpha > 0 ? TargetKinds.Smoothed : 0);

    /// <inheritdoc/>
    public override void Validate()
    {
        Argument.Require(Alpha >= 0 && Alpha <= 1, Alpha, "[0, 1]");
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "a finite number above 0");
        Argument.Require(Views is 1 or 2, Views, "1 or 2");
        ArgumentNullException.ThrowIfNull(Made);
        Logits?.Validate();
    }

    internal override void Validate(Networks.NetworkOptions network, Data.ImageShape shape) => MadeImages.Validate(Made, network, nameof(InBatchOptions));

    internal override void Finish(Networks.Backbone network) => FormedLogits.Finish(Logits ?? LogitForm.Raw, network);

    /// <inheritdoc/>
    public override IObjective Create(ObjectiveContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new InBatchObjective(this with { Logits = Logits ?? (context.TrainsLastLayerAlone ? LogitForm.LogSoftmax : LogitForm.Raw) });
    }
}

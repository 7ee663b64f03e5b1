using Hdge.Data;
using Hdge.Networks;
using Hdge.Training;

namespace Hdge.Objectives;

/// <summary>
/// Which objective trains a network, and its weights; one record an objective. One of one's own derives from it (docs/extending.md): its public properties that can be set are
/// what a run's weights depend on, so that a checkpoint is only resumed with equal ones.
/// </summary>
public abstract record ObjectiveOptions
{
    /// <summary>The options of an objective of one's own.</summary>
    protected ObjectiveOptions()
    {
    }

    /// <summary>A term that trains the log-density to tell the images' features from others, beside the objective. Default null: none.</summary>
    public DensityRatioOptions? DensityRatio { get; init; }

    /// <summary>A term that trains the network to know no class of images made of the batch's, beside the objective. Default null: none.</summary>
    public UncertaintyOptions? Uncertainty { get; init; }

    /// <summary>A second head that tells how an image was turned, whose score is <see cref="Detection.DetectionScore.Rotation"/>. Default null: none.</summary>
    public RotationOptions? Rotation { get; init; }

    /// <summary>Views of each image that a step takes, 1 (default) or 2. Two make a batch of 2N images: all first views, then all second ones.</summary>
    protected internal virtual int ViewCount => 1;

    /// <summary>Fewest images a step with which the objective says anything. Default 1; 2 where it compares images of a batch.</summary>
    protected internal virtual int SmallestBatch => 1;

    /// <summary>
    /// What it can learn beside one class an image: <see cref="TrainingOptions"/> that ask for more are refused. Default <see cref="TargetKinds.Plain"/>: what is more than <see cref="TrainingStep.Labels"/>
    /// would be ignored without a word by an objective that does not know of it.
    /// </summary>
    protected internal virtual TargetKinds Takes => TargetKinds.Plain;

    /// <summary>False where nothing trains the linear layer step by step: its accuracy means nothing until a <see cref="FinalStage"/> has trained it. Default true.</summary>
    protected internal virtual bool TrainsClassifier => true;

    /// <summary>Whether it trains log q(x) itself, whose offset then means something. Default false.</summary>
    protected internal virtual bool TrainsDensity => false;

    /// <summary>The stage that trains the linear layer alone, on frozen features, after the epochs of the run. Default null: none.</summary>
    protected internal virtual LinearStageOptions? FinalStage => null;

    /// <summary>
    /// True where its steps look at <see cref="TrainingStep.Features"/> and <see cref="TrainingStep.Logits"/> alone, never at the images or the layers before the last: with a frozen network
    /// (<see cref="TrainingOptions.Freeze"/>) each image then passes once, and steps see the kept features. Default false: each step passes its images through the network.
    /// </summary>
    protected internal virtual bool TakesFeaturesAlone => false;

    /// <summary>The same with what it has beside it.</summary>
    internal bool SeesFeaturesAlone => TakesFeaturesAlone && Rotation is null && Uncertainty is null && DensityRatio is not { Made.Count: > 0 };

    /// <summary>
    /// Whether several processes can train it together (<see cref="TrainingOptions.Distributed"/>): true where its steps pass images through the network by <see cref="TrainingStep.Features"/>,
    /// <see cref="TrainingStep.Logits"/> and <see cref="TrainingStep.FeaturesOf"/> alone, and are otherwise the same on every process. Default: where <see cref="TakesFeaturesAlone"/> says so; others are refused, for passes that the
    /// processes do not share would count once for each of them.
    /// </summary>
    protected internal virtual bool Distributes => TakesFeaturesAlone;

    /// <summary>True where labels mean nothing, so that one class is enough. Default false.</summary>
    internal virtual bool IsUnlabelled => false;

    /// <summary>Why adversarial training cannot wrap it; null (default) where it can.</summary>
    protected internal virtual string? NotAdversarial => null;

    /// <summary>How often a run may go back to its last good state after diverging, where <see cref="TrainingOptions.DivergenceRestarts"/> does not say. Default 0.</summary>
    protected internal virtual int DivergenceRestarts => 0;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or a combination makes no sense; the message says which and why.</exception>
    public abstract void Validate();

    /// <summary>The objective, ready for its first step.</summary>
    /// <param name="context">The run. The options were found valid.</param>
    public abstract IObjective Create(ObjectiveContext context);

    /// <summary>Checks whether the objective can train such a network.</summary>
    /// <exception cref="ArgumentException">It cannot; the message says why.</exception>
    internal virtual void Validate(NetworkOptions network, ImageShape shape)
    {
    }

    /// <summary>The same for what every objective may have beside it.</summary>
    internal void ValidateBeside(NetworkOptions network, ImageShape shape)
    {
        DensityRatio?.Validate(network);
        Uncertainty?.Validate(network);
        Rotation?.Validate(network, shape);
    }

    /// <summary>The objective with what it has beside it.</summary>
    internal IObjective CreateWhole(ObjectiveContext context)
    {
        var whole = Create(context);
        if (DensityRatio is { } ratio)
            whole = new DensityRatioObjective(whole, ratio, context);
        if (Uncertainty is { } uncertainty)
            whole = new UncertaintyObjective(whole, uncertainty);
        if (Rotation is { } rotation)
            whole = new RotationObjective(whole, rotation, context);
        return whole;
    }

    /// <summary>Brings the trained network to what the model's logits are to be.</summary>
    internal virtual void Finish(Backbone network)
    {
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public sealed override string ToString() => PlainText.OfOptions(this);
}

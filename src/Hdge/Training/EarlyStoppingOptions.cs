namespace Hdge.Training;

/// <summary>What makes an epoch better than another.</summary>
public enum EpochMeasure
{
    /// <summary>A higher accuracy on the held-out images, or the same with a lower cross-entropy.</summary>
    Accuracy,

    /// <summary>A lower cross-entropy on the held-out images.</summary>
    Loss,
}

/// <summary>
/// Which epoch's weights a run keeps, and when it ends before its last: after each epoch the held-out images decide. Where there are too few of them, or the objective trains no classifier epoch by epoch
/// (<see cref="Objectives.ObjectiveOptions.TrainsClassifier"/>), all epochs are run and the last is kept.
/// </summary>
public sealed record EarlyStoppingOptions
{
    /// <summary>
    /// Epochs in a row without a better one after which the run ends. Default 20, as with ML.NET's ImageClassificationTrainer; at least 1. Null: all epochs are run, and the best is kept. A learning rate that falls at the end
    /// (cosine, one cycle, step) wants a patience longer than its plateaus: what it gains comes last.
    /// </summary>
    public int? Patience { get; init; } = 20;

    /// <summary>What is better. Default <see cref="EpochMeasure.Accuracy"/>.</summary>
    public EpochMeasure Measure { get; init; }

    /// <summary>Held-out images with fewer of which nothing is decided: the differences between epochs would be chance. Default 100, at least 1.</summary>
    public int FewestImages { get; init; } = 100;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Patience is null or >= 1, Patience ?? 0, "at least 1, or null", nameof(Patience));
        Argument.Require(Enum.IsDefined(Measure), Measure, "Accuracy or Loss");
        Argument.Require(FewestImages >= 1, FewestImages, "at least 1");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

namespace Hdge.Training;

/// <summary>What a training run does when it is cancelled.</summary>
public enum CancelBehavior
{
    /// <summary>It throws an <see cref="OperationCanceledException"/>. A checkpoint that was written stays.</summary>
    Throw,

    /// <summary>
    /// It stops within a step and returns the model of the best epoch so far: that of the highest accuracy on the held-out images, then the lowest loss
    /// on them (or of the lowest loss alone, by <see cref="EarlyStoppingOptions.Measure"/>); the last whole epoch where no image is held out or the objective trains no classifier. A checkpoint keeps the best epoch's weights too.
    /// The model is calibrated and gets its thresholds as usual, which takes as long as after a whole run and cannot be cancelled. Before the first whole epoch
    /// there is nothing to return: it throws. Costs a copy of the weights in memory.
    /// </summary>
    ReturnBestSoFar,
}

namespace Hdge.Training;

/// <summary>What a training run does when it is cancelled.</summary>
public enum CancelBehavior
{
    /// <summary>It throws an <see cref="OperationCanceledException"/>. A checkpoint that was written stays.</summary>
    Throw,

    /// <summary>
    /// It stops within a step and returns the model of the best epoch so far: that of the highest accuracy on the held-out images, then the lowest loss
    /// on them; the last whole epoch where no image is held out or the objective trains no classifier. A run that goes on from a checkpoint counts from there.
    /// The model is calibrated and gets its thresholds as usual, which takes as long as after a whole run and cannot be cancelled. Before the first whole epoch
    /// there is nothing to return: it throws. Costs a copy of the weights in memory.
    /// </summary>
    ReturnBestSoFar,
}

namespace Hdge.Training;

/// <summary>Training stopped because the loss was no longer finite or had exploded.</summary>
public sealed class DivergenceException : Exception
{
    internal DivergenceException(int epoch, long step, double loss, double limit, HdgeModel? lastGood)
        : base($"Training diverged at step {step} (epoch {epoch}): the loss is {loss}, expected a finite value below {limit:G3}. "
            + (lastGood is null ? "No epoch had ended before it. " : $"{nameof(LastGoodModel)} holds the weights of epoch {epoch - 1}. ")
            + "A lower learning rate, a warm-up or another form of the objective may help.") =>
        (Epoch, Step, Loss, LastGoodModel) = (epoch, step, loss, lastGood);

    /// <summary>Epoch in which it happened, 1-based.</summary>
    public int Epoch { get; }

    /// <summary>Step at which it happened, 0-based, counted over all epochs.</summary>
    public long Step { get; }

    /// <summary>The loss of that step.</summary>
    public double Loss { get; }

    /// <summary>The model as it was after the last good epoch, calibrated; null when no epoch had ended. The catcher owns it.</summary>
    public HdgeModel? LastGoodModel { get; }
}

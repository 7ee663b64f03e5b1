namespace Hdge;

/// <summary>What is done with an image whose values lie far outside those that the model was trained on (<see cref="Data.PixelRange"/>).</summary>
public enum OutOfRangeAction
{
    /// <summary>It is scored, and never counts as in-distribution.</summary>
    Flag,

    /// <summary>An exception says what was found and what was expected.</summary>
    Throw,
}

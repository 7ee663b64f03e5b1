namespace Hdge.Robustness;

/// <summary>How the size of a perturbation is measured.</summary>
public enum PgdNorm
{
    /// <summary>The largest change of a value.</summary>
    LInfinity,

    /// <summary>The Euclidean length of all changes of an image.</summary>
    L2,
}

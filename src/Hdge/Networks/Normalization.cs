namespace Hdge.Networks;

/// <summary>What stands before each activation of a network.</summary>
public enum Normalization
{
    /// <summary>Nothing: the paper's choice for the joint energy-based models.</summary>
    None,

    /// <summary>Batch normalisation over each channel; running averages are used when scoring.</summary>
    Batch,
}

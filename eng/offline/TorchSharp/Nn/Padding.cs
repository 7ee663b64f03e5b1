namespace TorchSharp;

/// <summary>Padding by name.</summary>
public enum Padding
{
    Valid = 0,
    Same = 1,
}

/// <summary>What padding is filled with.</summary>
public enum PaddingModes
{
    Zeros = 0,
    Reflect = 1,
    Replicate = 2,
    Circular = 3,
    Constant = 4,
}

namespace Hdge.Training;

/// <summary>In how many bits a network computes.</summary>
public enum Precision
{
    /// <summary>
    /// <see cref="Mixed"/> on GPUs with bfloat16 (compute capability 8.0 and above) and on processors with AVX512_BF16 or AMX_BF16, where it is about twice as fast; <see cref="Single"/> on others, where
    /// bfloat16 is slower, on networks of features, pixel transformers and networks of one's own.
    /// </summary>
    Auto,

    /// <summary>32-bit floating point.</summary>
#pragma warning disable CA1720 // it is the name of the type
    Single,
#pragma warning restore CA1720

    /// <summary>
    /// Convolutions and hidden layers in bfloat16 (8 bits of mantissa); weights, norms' statistics, last layer, losses, LogSumExp and optimiser in 32 bits. For wide residual networks, ResNets and networks of features.
    /// </summary>
    Mixed,
}

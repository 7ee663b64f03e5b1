namespace Hdge.Training;

/// <summary>In how many bits a network computes.</summary>
public enum Precision
{
    /// <summary>
    /// <see cref="Mixed"/> on GPUs with bfloat16 (compute capability 8.0 and above) and on processors with AVX512_BF16 or AMX_BF16, where it is about twice as fast; <see cref="Single"/> on others, where
    /// bfloat16 is slower, on networks of features and on networks of one's own.
    /// </summary>
    Auto,

    /// <summary>32-bit floating point.</summary>
    Single,

    /// <summary>
    /// Convolutions and hidden layers in bfloat16 (8 bits of mantissa); weights, norms' statistics, last layer, losses, LogSumExp and optimiser in 32 bits. For the networks of this package.
    /// </summary>
    Mixed,
}

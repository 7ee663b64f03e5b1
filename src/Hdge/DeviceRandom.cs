using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>
/// Random numbers from a seeded generator on any device. TorchSharp makes generators of the processor only, whatever device they are asked for, and libtorch ends with an error
/// where a tensor on a GPU is filled from one. There the generator gives a key, and the numbers are those of SplitMix64 (Steele, Lea and Flood 2014) with the key as its seed, made on the device.
/// </summary>
internal static class DeviceRandom
{
    // SplitMix64's increment, its two factors, and the masks that make arithmetic shifts logical ones.
    private const int Gamma = 0, Factor1 = 1, Factor2 = 2, Key = 3, Shift30 = 4, Mask30 = 5, Shift27 = 6, Mask27 = 7, Shift31 = 8, Mask31 = 9;

    /// <summary>Fills with numbers of [low, high).</summary>
    public static Tensor FillUniform(this Tensor target, double low, double high, Generator generator)
    {
        if (target.device_type == DeviceType.CPU)
            return target.uniform_(low, high, generator);
        using var scope = NewDisposeScope();
        target.copy_(Uniform(target.numel(), NextKey(generator), IsDouble(target), target.device).Times(high - low).Plus(low).view(target.shape));
        return target;
    }

    /// <summary>Fills with normally distributed numbers.</summary>
    public static Tensor FillNormal(this Tensor target, double mean, double deviation, Generator generator)
    {
        if (target.device_type == DeviceType.CPU)
            return target.normal_(mean, deviation, generator);
        using var scope = NewDisposeScope();
        target.copy_(Normal(target.numel(), NextKey(generator), IsDouble(target), target.device).Times(deviation).Plus(mean).view(target.shape));
        return target;
    }

    /// <summary>Fills with ones and zeros.</summary>
    public static Tensor FillBernoulli(this Tensor target, double probability, Generator generator)
    {
        if (target.device_type == DeviceType.CPU)
            return target.bernoulli_(probability, generator);
        using var scope = NewDisposeScope();
        target.copy_((-Uniform(target.numel(), NextKey(generator), IsDouble(target), target.device)).Above(-probability).view(target.shape)); // u < p
        return target;
    }

    /// <summary>SplitMix64's numbers of [0, 1), [count]: its highest 53 bits, or 24 in single precision.</summary>
    internal static Tensor Uniform(long count, long key, bool isDouble, Device device)
    {
        using var scope = NewDisposeScope();
        int bits = isDouble ? 53 : 24;
        var shift = tensor([64L - bits, (1L << bits) - 1], device: device);
        var whole = Bits(count, key, device).bitwise_right_shift_(shift[0]).bitwise_and_(shift[1]);
        return whole.to(isDouble ? float64 : float32).Times(Math.ScaleB(1, -bits)).MoveToOuterDisposeScope();
    }

    /// <summary>Normal numbers, mean 0 and variance 1, [count] (Box and Muller 1958).</summary>
    internal static Tensor Normal(long count, long key, bool isDouble, Device device)
    {
        using var scope = NewDisposeScope();
        var both = Uniform(2 * count, key, isDouble, device);
        var radius = (-both.narrow(0, 0, count)).log1p().Times(-2).sqrt(); // 1 − u is never 0
        return (radius * both.narrow(0, count, count).Times(2 * Math.PI).cos()).MoveToOuterDisposeScope();
    }

    /// <summary>The first numbers of SplitMix64 with a seed, as the bits of int64.</summary>
    internal static Tensor Bits(long count, long key, Device device)
    {
        using var scope = NewDisposeScope();
        var numbers = tensor([unchecked((long)0x9E3779B97F4A7C15), unchecked((long)0xBF58476D1CE4E5B9), unchecked((long)0x94D049BB133111EB), key,
            30, (1L << 34) - 1, 27, (1L << 37) - 1, 31, (1L << 33) - 1], device: device);
        var state = ones(count, dtype: int64, device: device).cumsum(0).mul_(numbers[Gamma]).AddInPlace(numbers[Key]);
        Mix(Shift30, Mask30);
        state.mul_(numbers[Factor1]);
        Mix(Shift27, Mask27);
        state.mul_(numbers[Factor2]);
        Mix(Shift31, Mask31);
        return state.MoveToOuterDisposeScope();

        void Mix(int shift, int mask)
        {
            using var shifted = state.bitwise_right_shift(numbers[shift]).bitwise_and_(numbers[mask]);
            state.bitwise_xor_(shifted);
        }
    }

    private static bool IsDouble(Tensor target) => target.dtype == ScalarType.Float64;

    private static long NextKey(Generator generator)
    {
        using var drawn = empty(2, dtype: float64).uniform_(0, 1, generator);
        var bits = MemoryMarshal.Cast<byte, double>(drawn.bytes);
        return (long)(bits[0] * (1L << 32)) << 32 | (long)(bits[1] * (1L << 32));
    }
}

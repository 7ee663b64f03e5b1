using Hdge.Data;
using Hdge.Distributed;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Dropout from a generator of its own, in training mode; torch's draws from the process-wide one, which any other code moves on. A layer without weights, so that
/// training finds it among the network's: seeded anew for each step, it needs no saved state to resume.
/// </summary>
public sealed class SeededDropout : nn.Module<Tensor, Tensor>
{
    private readonly double _rate;
    private readonly int _seed;
    private Generator? _generator;

    /// <summary>The layer.</summary>
    /// <param name="rate">Probability with which a value becomes 0; the others are divided by 1 − rate. Range [0, 1).</param>
    /// <param name="seed">Seed, another for each dropout of a network: made from that of the <see cref="NetworkContext"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    public SeededDropout(double rate, int seed) : base(nameof(SeededDropout))
    {
        Argument.Require(rate >= 0 && rate < 1, rate, "[0, 1)");
        (_rate, _seed) = (rate, seed);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!training)
            return input.alias();
        _generator ??= new Generator((ulong)_seed);
        using var kept = new HeldScalar(1 - _rate);
        if (Shard.Passing is { } shard)
        {
            // The whole batch's numbers, for a generator gives them in one order; this process's rows of them.
            using var scope = NewDisposeScope();
            var (first, rows) = shard.Place;
            var whole = LaidOut(input, rows).FillBernoulli(1 - _rate, _generator);
            return (input * whole.narrow(0, first, input.shape[0]).DivideInPlace(kept)).MoveToOuterDisposeScope();
        }
        using var mask = empty_like(input).FillBernoulli(1 - _rate, _generator).DivideInPlace(kept);
        return input * mask;
    }

    /// <summary>Room for so many rows, in the order of dimensions that the input has in memory: numbers are drawn in it.</summary>
    private static Tensor LaidOut(Tensor input, long rows)
    {
        long[] shape = input.shape;
        bool channelsLast = shape.Length == 4 && input.stride(1) == 1 && shape[1] > 1;
        return channelsLast ? empty([rows, shape[2], shape[3], shape[1]], dtype: input.dtype, device: input.device).permute(0, 3, 1, 2) : empty([rows, .. shape[1..]], dtype: input.dtype, device: input.device);
    }

    /// <summary>Every dropout of a network.</summary>
    internal static SeededDropout[] In(nn.Module network) => [.. network.modules().OfType<SeededDropout>()];

    /// <summary>Starts anew for a step.</summary>
    internal void Reseed(int stepSeed) => (_generator ??= new Generator(0)).manual_seed(Seeds.Mix(_seed, stepSeed));

    /// <summary>Releases the generator.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _generator?.Dispose();
        base.Dispose(disposing);
    }
}

using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Dropout from a generator of its own: torch's uses the process-wide one, which any other code moves on. A module without weights, so that
/// training finds it among the network's modules: seeded anew for each step, it needs no saved state to resume.
/// </summary>
internal sealed class SeededDropout(double rate, int seed) : nn.Module<Tensor, Tensor>(nameof(SeededDropout))
{
    private Generator? _generator;

    public Tensor Apply(Tensor x)
    {
        _generator ??= new Generator((ulong)seed, x.device);
        using var kept = new HeldScalar(1 - rate);
        using var mask = empty_like(x).bernoulli_(1 - rate, _generator).DivideInPlace(kept);
        return x * mask;
    }

    public override Tensor forward(Tensor input) => training ? Apply(input) : input.alias();

    /// <summary>Every dropout of a network.</summary>
    public static SeededDropout[] In(nn.Module network) => [.. network.modules().OfType<SeededDropout>()];

    /// <summary>Starts anew for a step.</summary>
    public void Reseed(Device device, int stepSeed) => (_generator ??= new Generator(0, device)).manual_seed(Seeds.Mix(seed, stepSeed));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _generator?.Dispose();
        base.Dispose(disposing);
    }
}

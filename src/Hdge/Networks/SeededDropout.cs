using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Dropout from a generator of its own: torch's uses the process-wide one, which any other code moves on.</summary>
internal sealed class SeededDropout(double rate, int seed) : IDisposable
{
    private Generator? _generator;

    public Tensor Apply(Tensor x)
    {
        _generator ??= new Generator((ulong)seed, x.device);
        using var mask = empty_like(x).bernoulli_(1 - rate, _generator).div_(1 - rate);
        return x * mask;
    }

    public void Dispose() => _generator?.Dispose();
}

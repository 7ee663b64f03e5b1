using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>A copy of a network's weights and buffers, overwritten epoch by epoch.</summary>
internal sealed class WeightSnapshot : IDisposable
{
    private Dictionary<string, Tensor>? _copy;

    public void Take(nn.Module network)
    {
        using var off = no_grad();
        var state = network.state_dict();
        if (_copy is null)
            _copy = state.ToDictionary(w => w.Key, w => w.Value.detach().clone().DetachFromDisposeScope());
        else
            foreach (var (name, weight) in state)
                _copy[name].copy_(weight);
    }

    public void GiveTo(nn.Module network)
    {
        using var off = no_grad();
        foreach (var (name, weight) in network.state_dict())
            weight.copy_(_copy![name]);
    }

    public void Dispose()
    {
        if (_copy is not null)
            foreach (var weight in _copy.Values)
                weight.Dispose();
    }
}

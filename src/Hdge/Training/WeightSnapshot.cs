using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>A copy of a network's weights and buffers, overwritten epoch by epoch.</summary>
internal sealed class WeightSnapshot : IDisposable
{
    private Dictionary<string, Tensor>? _copy;

    /// <summary>Copies the weights; false, and the copy stays as it was, when one of them is not finite.</summary>
    public bool TryTake(nn.Module network)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var state = network.state_dict();
        if (!state.Values.All(weight => weight.isfinite().all().item<bool>()))
            return false;
        if (_copy is null)
            _copy = state.ToDictionary(w => w.Key, w => w.Value.detach().clone().DetachFromDisposeScope());
        else
            foreach (var (name, weight) in state)
                _copy[name].copy_(weight);
        return true;
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

using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>A copy of a run's tensors, overwritten epoch by epoch: the memory is taken once.</summary>
internal sealed class StateSnapshot : IDisposable
{
    private readonly Dictionary<string, Tensor> _copy = [];

    public IReadOnlyDictionary<string, Tensor> Tensors => _copy;

    /// <summary>Copies the tensors; false, and the copy stays as it was, when one of them is not finite.</summary>
    public bool TryTake(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        // The bank marks empty places by −∞, so −∞ is no sign of trouble there.
        if (!tensors.All(t => t.Key.StartsWith(RunState.ObjectivePrefix, StringComparison.Ordinal) || t.Value.isfinite().all().item<bool>()))
            return false;
        foreach (string name in _copy.Keys.Except(tensors.Keys).ToList())
        {
            _copy[name].Dispose();
            _copy.Remove(name);
        }
        foreach (var (name, tensor) in tensors)
            if (_copy.TryGetValue(name, out var copy))
                copy.copy_(tensor);
            else
                _copy[name] = tensor.detach().clone().DetachFromDisposeScope();
        return true;
    }

    public void Dispose()
    {
        foreach (var tensor in _copy.Values)
            tensor.Dispose();
    }
}

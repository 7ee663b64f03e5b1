using TorchSharp;
using TorchSharp.Modules;

namespace Hdge.Networks;

/// <summary>Gradients with respect to a network's input alone: its weights ask for none until this is disposed of, so that forward passes keep nothing for them.</summary>
internal readonly struct FrozenWeights : IDisposable
{
    private readonly List<Parameter> _freed;

    public FrozenWeights(torch.nn.Module network)
    {
        _freed = [.. network.parameters().Where(weight => weight.requires_grad)];
        Set(false);
    }

    public void Dispose() => Set(true);

    private void Set(bool value)
    {
        foreach (var weight in _freed)
            weight.requires_grad = value;
    }
}

using Hdge.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Objectives;

/// <summary>Features [N, F] → embeddings [N, P] for a contrastive loss: linear F → F, ReLU, linear F → P (Khosla et al. 2020, section 3.1). Used in training only.</summary>
internal sealed class ProjectionHead : nn.Module<Tensor, Tensor>
{
    private readonly Linear _hidden;
    private readonly Linear _output;

    public ProjectionHead(int featureLength, int length, int seed) : base(nameof(ProjectionHead))
    {
        _hidden = nn.Linear(featureLength, featureLength, dtype: float32);
        _output = nn.Linear(featureLength, length, dtype: float32);
        RegisterComponents();
        Initialization.Reset(this, seed);
    }

    /// <summary>The weights under the names of a checkpoint.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State() => state_dict().Select(w => new KeyValuePair<string, Tensor>($"projection.{w.Key}", w.Value.detach()));

    /// <summary>Takes over what <see cref="State"/> gave.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or of another shape or type.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        using var off = no_grad();
        foreach (var (name, weight) in state_dict())
        {
            if (!state.TryGetValue($"projection.{name}", out var saved) || !saved.shape.AsSpan().SequenceEqual(weight.shape) || saved.dtype != weight.dtype)
                throw new InvalidDataException($"The saved projection head lacks '{name}' of shape [{string.Join(", ", weight.shape)}].");
            weight.copy_(saved);
        }
    }

    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        return _output.call(nn.functional.relu(_hidden.call(features))).MoveToOuterDisposeScope();
    }
}

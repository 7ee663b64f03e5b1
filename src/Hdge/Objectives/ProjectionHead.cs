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

    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        return _output.call(nn.functional.relu(_hidden.call(features))).MoveToOuterDisposeScope();
    }
}

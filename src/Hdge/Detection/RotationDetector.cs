using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>
/// Rotation score (Hendrycks et al. 2019, section 4): KL(uniform ‖ softmax f(x)) less the mean over the four turns r of −log p(r | x turned by r), p of the head that was trained with the network
/// (<see cref="Objectives.RotationOptions"/>).
/// </summary>
internal sealed record RotationDetector : Detector
{
    public const int Turns = 4;
    private const string Weight = "weight", Bias = "bias";

    public override DetectionScore Kind => DetectionScore.Rotation;

    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting | DetectorNeeds.Images;

    internal override bool IsTrained => true;

    public override DetectorLayout Layout(int featureLength, int classCount) => new() { Tensors = [new(Weight, float64, featureLength, Turns), new(Bias, float64, Turns)] };

    /// <summary>A head F → 4 as it is saved, in tensors of its own.</summary>
    public static DetectorState StateOf(Linear head)
    {
        using var scope = NewDisposeScope();
        return new()
        {
            Tensors = new Dictionary<string, Tensor>
            {
                [Weight] = head.weight.detach().to(float64).cpu().t().contiguous().DetachFromDisposeScope(),
                [Bias] = head.bias!.detach().to(float64).cpu().DetachFromDisposeScope(),
            },
        };
    }

    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var head = new LinearHead(state.Tensors[Weight], state.Tensors[Bias]); // not disposed of: the state's
        var told = zeros(input.Count, dtype: float64);
        for (int turn = 0; turn < Turns; turn++)
        {
            using var scope = NewDisposeScope();
            var features = turn == 0 ? input.Features : input.FeaturesOf(input.Images.rot90(turn, (2, 3)).contiguous());
            told.AddInPlace(nn.functional.log_softmax(head.Logits(features), 1).select(1, turn));
        }
        var log = TensorMemory.Span<double>(told);
        for (int i = 0; i < into.Length; i++)
        {
            var logits = input.LogitRow(i);
            double density = LogitRow.Summarise(logits).LogDensity, sum = 0;
            foreach (float logit in logits)
                sum += density - logit;
            into[i] = (float)(sum / logits.Length - Math.Log(logits.Length) + log[i] / Turns);
        }
    }
}

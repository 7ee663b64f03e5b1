using Hdge.Detection;
using TorchSharp;

namespace MyDetectors;

/// <summary>Minus the distance of an image's features to the nearest mean of a class.</summary>
public sealed record ClassCenterDetector : Detector
{
    /// <summary>Exponent p of the distance (Σ|z − μ|^p)^(1/p), at least 1. A setting: saved with the model.</summary>
    public double Exponent { get; init; } = 2;

    public override DetectionScore Kind => DetectionScore.Of("class-center");

    public override DetectorNeeds Needs => DetectorNeeds.Features | DetectorNeeds.Fitting;

    public override DetectorLayout Layout(int featureLength, int classCount) =>
        new() { Tensors = [new("means", torch.float64, new SideRange(1, classCount), featureLength)] };

    public override void Validate() => ArgumentOutOfRangeException.ThrowIfLessThan(Exponent, 1, nameof(Exponent));

    public override DetectorState Fit(DetectorTraining training)
    {
        int length = training.FeatureLength;
        int[] labels = training.Labels.ToArray(), classes = [.. labels.Distinct().Order()]; // a class may have no image in the sample
        var means = new double[classes.Length * length];
        for (int i = 0; i < training.Count; i++)
            for (int f = 0; f < length; f++)
                means[Array.IndexOf(classes, labels[i]) * length + f] += training.FeatureRow(i)[f] / (double)labels.Count(label => label == labels[i]);
        return new() { Tensors = new Dictionary<string, torch.Tensor> { ["means"] = torch.tensor(means, [classes.Length, length]) } };
    }

    public override void Score(DetectionInput input, DetectorState state, Span<float> into)
    {
        var means = state.Values<double>("means");
        for (int i = 0; i < input.Count; i++)
        {
            var features = input.FeatureRow(i);
            double nearest = double.PositiveInfinity;
            for (int at = 0; at < means.Length; at += features.Length)
            {
                double sum = 0;
                for (int f = 0; f < features.Length; f++)
                    sum += Math.Pow(Math.Abs(features[f] - means[at + f]), Exponent);
                nearest = Math.Min(nearest, sum);
            }
            into[i] = -(float)Math.Pow(nearest, 1 / Exponent);
        }
    }
}

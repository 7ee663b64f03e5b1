using Hdge.Data;
using Hdge.Networks;

namespace Hdge.Training;

/// <summary>What a training run sets out with.</summary>
/// <param name="Device">Where it trains: "cpu", "cuda:0" and so on.</param>
/// <param name="Network">Kind and size of the network.</param>
/// <param name="ParameterCount">Numbers to train.</param>
/// <param name="Shape">Shape of the images.</param>
/// <param name="TrainingImages">Images trained on.</param>
/// <param name="HeldOutImages">Images held out for validation and calibration.</param>
/// <param name="ClassCount">Classes that occur among the images.</param>
public sealed record TrainingStart(string Device, NetworkOptions Network, long ParameterCount, ImageShape Shape, int TrainingImages, int HeldOutImages, int ClassCount)
{
    /// <summary>One line for a log.</summary>
    public override string ToString() =>
        $"Training on {TrainingImages + HeldOutImages} images of {Shape} in {ClassCount} classes, {HeldOutImages} of them held out: {Network} with {ParameterCount:N0} parameters on {Device}.";
}

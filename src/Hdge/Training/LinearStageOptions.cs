namespace Hdge.Training;

/// <summary>
/// The stage of an objective that trains the linear layer by itself, after the features: with cross-entropy on the features that the network gives in evaluation mode, Adam, and a
/// learning rate that falls to 0 along half a cosine.
/// </summary>
/// <param name="Epochs">Passes over the training images' features, at least 1.</param>
/// <param name="LearningRate">Highest learning rate. Range (0, 1].</param>
public sealed record LinearStageOptions(int Epochs, double LearningRate)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

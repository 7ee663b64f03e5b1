namespace Hdge.Robustness;

/// <summary>Accuracy under attack.</summary>
/// <param name="Epsilon">Radius of the ball around an image, in pixel values of 0..1.</param>
/// <param name="Accuracy">Share of the images, 0..1, classified right wherever in the ball the attack looked: an upper bound of the robust accuracy.</param>
public sealed record RobustnessPoint(double Epsilon, double Accuracy)
{
    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

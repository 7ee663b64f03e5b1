namespace Hdge.Robustness;

/// <summary>
/// Settings of <see cref="Pgd"/>. All lengths are in pixel values, of which an image's range is 0 to 1 whatever the network's input scaling is: ε = 8/255 is 8 of
/// 255 grey levels, in every channel alike.
/// </summary>
public sealed record PgdOptions
{
    private const double StepsAcrossTheBall = 2.5;

    /// <summary>Default <see cref="PgdNorm.LInfinity"/>.</summary>
    public PgdNorm Norm { get; init; } = PgdNorm.LInfinity;

    /// <summary>Radius ε of the ball around an image. At least 0, where only the image itself is looked at. Default 8/255, usual for L∞ on CIFAR-10; for L2 0.5 is usual.</summary>
    public double Epsilon { get; init; } = 8.0 / 255;

    /// <summary>Length of a step. Above 0. Default null: 2.5·ε / <see cref="Steps"/>, which can cross the ball from any start (Madry et al. 2018).</summary>
    public double? StepSize { get; init; }

    /// <summary>Steps of a restart. Default 20, at least 1.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Attempts from different random starts, of which the best counts. Default 1, at least 1; above 1 only with <see cref="RandomStart"/>.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Starts from a uniformly random point of the ball instead of the image. Default true. The image is a candidate either way.</summary>
    public bool RandomStart { get; init; } = true;

    /// <summary>Lowest pixel value of an image. Default 0. An image that lies outside of the range may keep, but not extend, what is outside.</summary>
    public double ClipMinimum { get; init; }

    /// <summary>Highest pixel value of an image, above <see cref="ClipMinimum"/>. Default 1.</summary>
    public double ClipMaximum { get; init; } = 1;

    /// <summary>Seed of the random starts. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>The length of a step that is used.</summary>
    internal double Step => StepSize ?? StepsAcrossTheBall * Epsilon / Steps;

    /// <summary>JEM's attack (Grathwohl et al. 2019, section 5.3), which the HDGE paper takes over: 40 steps, 20 restarts from random points, the smallest distance kept (<see cref="PgdResult.Distance"/>).</summary>
    /// <param name="norm">L∞ or L2.</param>
    /// <param name="epsilon">Radius.</param>
    public static PgdOptions Jem(PgdNorm norm, double epsilon) => new() { Norm = norm, Epsilon = epsilon, Steps = 40, Restarts = 20, RandomStart = true };

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Enum.IsDefined(Norm), Norm, "LInfinity or L2");
        Argument.Require(Epsilon >= 0 && double.IsFinite(Epsilon), Epsilon, "a finite number of at least 0");
        Argument.Require(StepSize is null || (StepSize > 0 && double.IsFinite(StepSize.Value)), StepSize ?? 0, "a finite number above 0, or null", nameof(StepSize));
        Argument.Require(Steps >= 1, Steps, "at least 1");
        Argument.Require(Restarts >= 1, Restarts, "at least 1");
        Argument.Require(Restarts == 1 || RandomStart, Restarts, $"1 without {nameof(RandomStart)}: all would be the same");
        Argument.Require(double.IsFinite(ClipMinimum), ClipMinimum, "a finite number");
        Argument.Require(double.IsFinite(ClipMaximum) && ClipMaximum > ClipMinimum, ClipMaximum, $"a finite number above {nameof(ClipMinimum)}, {ClipMinimum}");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

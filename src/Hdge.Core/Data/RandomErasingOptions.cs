namespace Hdge.Data;

/// <summary>
/// Random erasing (Zhong et al. 2020, Algorithm 1): a rectangle of random place, area and shape is filled with random values, each of a uniform draw from 0..255 (the paper's RE-R).
/// </summary>
public sealed record RandomErasingOptions
{
    /// <summary>Share of the images that lose a rectangle, p. Default 0.5. Range [0, 1].</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Smallest area of the rectangle as a share of the image's, s_l. Default 0.02. Range (0, 1).</summary>
    public double MinimumArea { get; init; } = 0.02;

    /// <summary>Largest area, s_h; the area is uniform. Default 0.4. Range [<see cref="MinimumArea"/>, 1).</summary>
    public double MaximumArea { get; init; } = 0.4;

    /// <summary>Smallest height ÷ width, r_1; the largest is its inverse, and the ratio is uniform between them. Default 0.3. Range (0, 1].</summary>
    public double MinimumAspectRatio { get; init; } = 0.3;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Probability is >= 0 and <= 1, Probability, "in [0, 1]");
        Argument.Require(MinimumArea > 0 && MinimumArea < 1, MinimumArea, "in (0, 1)");
        Argument.Require(MaximumArea >= MinimumArea && MaximumArea < 1, MaximumArea, FormattableString.Invariant($"in [{MinimumArea}, 1)"));
        Argument.Require(MinimumAspectRatio > 0 && MinimumAspectRatio <= 1, MinimumAspectRatio, "in (0, 1]");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

namespace Hdge.Conformal;

/// <summary>How prediction sets are made.</summary>
public sealed record ConformalOptions
{
    /// <summary>The score. Default <see cref="ConformalMethod.Raps"/>.</summary>
    public ConformalMethod Method { get; init; } = ConformalMethod.Raps;

    /// <summary>Share of images whose set shall hold their class, 1 − α, (0, 1). Default 0.9.</summary>
    public double Coverage { get; init; } = 0.9;

    /// <summary>
    /// APS and RAPS: u is a number in (0, 1) that depends on the row and <see cref="Seed"/> alone, so the same row always has the same set; otherwise u = 1,
    /// which makes larger sets. The guarantee holds either way. Default true, as in the papers.
    /// </summary>
    public bool Randomized { get; init; } = true;

    /// <summary>
    /// Whether a set may hold no class at all; otherwise the most probable one is put into it, and the coverage may exceed its upper bound. Default false.
    /// </summary>
    public bool AllowEmpty { get; init; }

    /// <summary>RAPS: penalty λ for each rank beyond <see cref="RegularizationRank"/>, at least 0. Default 0.1.</summary>
    public double RegularizationWeight { get; init; } = 0.1;

    /// <summary>RAPS: k_reg, the ranks that are free, at least 0. Default 2.</summary>
    public int RegularizationRank { get; init; } = 2;

    /// <summary>Seed of u. Default 0.</summary>
    public int Seed { get; init; }

    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Enum.IsDefined(Method), Method, "a conformal method");
        Argument.Require(Coverage is > 0 and < 1, Coverage, "more than 0 and less than 1");
        Argument.Require(RegularizationWeight >= 0 && double.IsFinite(RegularizationWeight), RegularizationWeight, "a finite number of at least 0");
        Argument.Require(RegularizationRank >= 0, RegularizationRank, "at least 0");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

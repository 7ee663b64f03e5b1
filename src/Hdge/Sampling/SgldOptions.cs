namespace Hdge.Sampling;

/// <summary>Steps of <see cref="Sgld"/>. The defaults are the published JEM code's, but for <see cref="ClampToRange"/>.</summary>
public sealed record SgldOptions
{
    /// <summary>Steps K of a chain. Default 20, the published value for training; at least 0.</summary>
    public int Steps { get; init; } = 20;

    /// <summary>Step size η by which the gradient of log q(x) is multiplied. Default 1; above 0, finite.</summary>
    public double StepSize { get; init; } = 1;

    /// <summary>Standard deviation σ of the Gaussian noise that each step adds, in network-input units (images span −1..1). Default 0.01; at least 0, finite.</summary>
    public double Noise { get; init; } = 0.01;

    /// <summary>
    /// γ of the polynomially decayed step η_t = η·(b + t)^−γ, t = 0, 1, … (Welling and Teh 2011, who ask for γ in (0.5, 1]). The noise decays by
    /// (b + t)^(−γ/2), so that the temperature σ²/(2η) stays. Default 0: the step is constant. At least 0, finite.
    /// </summary>
    public double DecayExponent { get; init; }

    /// <summary>b of the decayed step. Default 1; above 0, finite.</summary>
    public double DecayOffset { get; init; } = 1;

    /// <summary>Keeps images inside the range of images (the network input of 0..1) after each step. Default true; the published code clamps only when it shows samples.</summary>
    public bool ClampToRange { get; init; } = true;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Steps >= 0, Steps, "at least 0");
        Argument.Require(StepSize > 0 && double.IsFinite(StepSize), StepSize, "finite and above 0");
        Argument.Require(Noise >= 0 && double.IsFinite(Noise), Noise, "finite and at least 0");
        Argument.Require(DecayExponent >= 0 && double.IsFinite(DecayExponent), DecayExponent, "finite and at least 0");
        Argument.Require(DecayOffset > 0 && double.IsFinite(DecayOffset), DecayOffset, "finite and above 0");
    }

    /// <summary>Step size and noise of step <paramref name="step"/>, from 0 on.</summary>
    internal (double StepSize, double Noise) At(int step)
    {
        double decay = Math.Pow(DecayOffset + step, -DecayExponent);
        return (StepSize * decay, Noise * Math.Sqrt(decay));
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

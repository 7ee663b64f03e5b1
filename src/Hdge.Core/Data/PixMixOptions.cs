namespace Hdge.Data;

/// <summary>
/// PixMix (Hendrycks et al. 2022, section 3): an image, or a changed copy of it, is mixed up to <see cref="MostRounds"/> times with another changed copy or with a picture, by a weighted sum or product. The
/// paper's pictures are 14,000 fractals and feature visualisations; these are made by code when a run begins: iterated function systems, noise in octaves, stripes and blobs.
/// </summary>
public sealed record PixMixOptions
{
    /// <summary>Most rounds of mixing; their number is uniform from 0. Default 4, the paper's. Range 1..20.</summary>
    public int MostRounds { get; init; } = 4;

    /// <summary>β: weights are Beta(β, 1) for the image and Beta(1, β) for what is mixed in. The larger, the weaker. Default 3, the paper's. Range [1, 100].</summary>
    public double Beta { get; init; } = 3;

    /// <summary>How strong the changes of copies are at most. Default 3, the paper's. Range [0.1, 10].</summary>
    public double Severity { get; init; } = 3;

    /// <summary>Pictures to mix in, of the images' shape. Default 512, range 1..10,000; fewer where they would take more than 256 MiB.</summary>
    public int Pictures { get; init; } = 512;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(MostRounds is >= 1 and <= 20, MostRounds, "1..20");
        Argument.Require(Beta is >= 1 and <= 100, Beta, "in [1, 100]");
        Argument.Require(Severity is >= 0.1 and <= 10, Severity, "in [0.1, 10]");
        Argument.Require(Pictures is >= 1 and <= 10_000, Pictures, "1..10,000");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

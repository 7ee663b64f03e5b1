using Hdge.Data;

namespace Hdge.Sampling;

/// <summary>What a pixel transformer draws, pixel after pixel.</summary>
public sealed record PixelSampleOptions
{
    /// <summary>Images to draw; of a <see cref="Prompt"/> each of its images in turn. Default 64, at least 1.</summary>
    public int Count { get; init; } = 64;

    /// <summary>Divides the logits: below 1 likelier images, above 1 wilder ones. Finite, above 0. Default 1, the density itself.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draws among this many of the likeliest colours alone. At least 0. Default 0: among all.</summary>
    public int TopColors { get; init; }

    /// <summary>Images of the model's shape, at least one, whose upper part is kept. Default null: whole images are drawn.</summary>
    public ImageSet? Prompt { get; init; }

    /// <summary>Rows of the prompt that are kept, in rows of the reduced image. Default 0: the upper half where there is a prompt.</summary>
    public int PromptRows { get; init; }

    /// <summary>Images in one pass. At least 1. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Seed of everything drawn: an image depends on it and on its number alone. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Checks the values for a model of images of <paramref name="shape"/> with <paramref name="rows"/> rows after the reduction.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or the prompt has another shape or no image.</exception>
    internal void Validate(ImageShape shape, int rows)
    {
        Argument.Require(Count >= 1, Count, "at least 1");
        Argument.Require(Temperature > 0 && double.IsFinite(Temperature), Temperature, "finite and above 0");
        Argument.Require(TopColors >= 0, TopColors, "at least 0");
        Argument.Require(BatchSize >= 1, BatchSize, "at least 1");
        Argument.Require(PromptRows >= 0 && PromptRows <= rows, PromptRows, $"0..{rows}, the rows of the model's images after its reduction");
        if (Prompt is null && PromptRows > 0)
            throw new ArgumentException($"{nameof(PromptRows)} is {PromptRows} without a {nameof(Prompt)}, expected images whose rows are kept, or 0.");
        if (Prompt is not null && (Prompt.Shape != shape || Prompt.Count == 0))
            throw new ArgumentException($"{nameof(Prompt)} holds {Prompt.Count} images of {Prompt.Shape}, expected at least one of {shape}.");
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

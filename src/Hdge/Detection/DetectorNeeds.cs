namespace Hdge.Detection;

/// <summary>What a detector needs besides the logits.</summary>
[Flags]
public enum DetectorNeeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The penultimate features of the images that it scores.</summary>
    Features = 1,

    /// <summary>Gradients with respect to the images that it scores: a backward pass, so it is off unless asked for by name.</summary>
    Gradients = 2,

    /// <summary>Training or held-out images: only a model that was fitted for it gives its score.</summary>
    Fitting = 4,

    /// <summary>The images that it scores: further forward passes, so it is off unless asked for by name, or trained with the model.</summary>
    Images = 8,

    /// <summary>The likelihood of the images' pixels: only a network that predicts them, as a <see cref="Networks.PixelTransformerOptions"/>, gives it.</summary>
    Likelihood = 16,
}

using Hdge.Networks;

namespace Hdge.Detection;

/// <summary>What detectors need against what networks give.</summary>
internal static class NetworkNeeds
{
    /// <summary>Why such a network cannot give what is needed, as the end of a sentence; null where it can.</summary>
    public static string? Problem(this DetectorNeeds needs, NetworkOptions network)
    {
        if (needs.HasFlag(DetectorNeeds.Gradients) && !network.HasInputGradient)
            return NetworkOptions.NoInputGradient;
        if (needs.HasFlag(DetectorNeeds.Likelihood) && !network.HasPixelLikelihood)
            return $"it gives no likelihood of pixels, expected a {nameof(PixelTransformerOptions)}";
        return null;
    }
}

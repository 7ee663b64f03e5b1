namespace Hdge.Detection;

/// <summary>What a network that reads pixels says of a batch beside features and logits.</summary>
/// <param name="LogLikelihood">log p of the quantised, reduced images in nats.</param>
/// <param name="Complexity">Bits of each of those images as a PNG file, worked out when asked for.</param>
internal sealed record PixelRead(double[] LogLikelihood, Lazy<double[]> Complexity);

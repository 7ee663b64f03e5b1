using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>The forward pass that all scores of a batch share.</summary>
internal static class DetectionPass
{
    /// <param name="detectors">Those of a model whose network is in evaluation mode.</param>
    /// <param name="input">[N, channels, height, width] on the network's device; the caller keeps it while the result lives.</param>
    /// <param name="temperature">The model's calibrated temperature.</param>
    /// <param name="needs">Of all that will be asked for: decides whether features are brought over and the graph is recorded.</param>
    public static DetectionInput Run(DetectorSet detectors, Tensor input, double temperature, DetectorNeeds needs) => Run(detectors, input, null, temperature, needs);

    /// <summary>As the other, for images whose features [N, F] are known on the network's device.</summary>
    public static DetectionInput RunOver(DetectorSet detectors, Tensor features, double temperature, DetectorNeeds needs) => Run(detectors, null, features, temperature, needs);

    private static DetectionInput Run(DetectorSet detectors, Tensor? input, Tensor? known, double temperature, DetectorNeeds needs)
    {
        bool gradient = needs.HasFlag(DetectorNeeds.Gradients);
        using var mode = set_grad_enabled(gradient);
        using var scope = NewDisposeScope();
        if (gradient)
            input!.requires_grad_();
        var (features, pixels) = needs.HasFlag(DetectorNeeds.Likelihood) ? Read((PixelTransformer)detectors.Network, input!) : (known ?? detectors.Network.Features(input!), null);
        var logits = detectors.Network.Head(features);
        if (gradient && !logits.requires_grad)
            throw new InvalidOperationException("Scores with gradients cannot be had in inference mode.");
        return new DetectionInput(Host(logits), needs.HasFlag(DetectorNeeds.Features) ? Host(features) : null, temperature, detectors,
            gradient ? (input!, logits.MoveToOuterDisposeScope()) : null, needs.HasFlag(DetectorNeeds.Images) ? input : null, pixels);

        static Tensor Host(Tensor tensor) => tensor.detach().cpu().contiguous().MoveToOuterDisposeScope();
    }

    private static (Tensor Features, PixelRead Pixels) Read(PixelTransformer network, Tensor input)
    {
        var (features, likelihood, colors) = network.Read(input);
        long[] numbers = colors.cpu().data<long>().ToArray();
        return (features, new(likelihood.cpu().data<double>().ToArray(), new(() => ImageComplexity.Of(numbers, network))));
    }
}

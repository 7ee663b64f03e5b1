using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>The forward pass that all scores of a batch share.</summary>
internal static class DetectionPass
{
    /// <param name="network">In evaluation mode.</param>
    /// <param name="input">[N, channels, height, width] on the network's device; the caller keeps it while the result lives.</param>
    /// <param name="temperature">The model's calibrated temperature.</param>
    /// <param name="scores">What will be asked for: decides whether features are brought over and the graph is recorded.</param>
    public static DetectionInput Run(Backbone network, Tensor input, double temperature, IReadOnlyCollection<DetectionScore> scores)
    {
        bool gradient = scores.Any(s => s.NeedsGradient());
        using var mode = set_grad_enabled(gradient);
        using var scope = NewDisposeScope();
        if (gradient)
            input.requires_grad_();
        var features = network.Features(input);
        var logits = network.Head(features);
        if (gradient && !logits.requires_grad)
            throw new InvalidOperationException("Scores with gradients cannot be had in inference mode.");
        return new DetectionInput(Host(logits), scores.Any(s => s.NeedsFeatures()) ? Host(features) : null, temperature)
        {
            Graph = gradient ? (input, logits.MoveToOuterDisposeScope()) : null,
        };

        static Tensor Host(Tensor tensor) => tensor.detach().cpu().contiguous().MoveToOuterDisposeScope();
    }
}

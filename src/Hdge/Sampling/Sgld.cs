using Hdge.Energy;
using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Sampling;

/// <summary>
/// Stochastic gradient Langevin dynamics (Welling and Teh 2011) as in the published JEM code: x ← x + η·∇log q(x) + σ·ξ, ξ ~ N(0, 1).
/// With small η its stationary law is q^{1/τ} at the temperature τ = σ²/(2η): σ² = 2η samples from q itself; JEM's η = 1, σ = 0.01 is nearly
/// gradient ascent. Langevin's usual form with step ε is η = ε/2, σ = √ε.
/// </summary>
internal static class Sgld
{
    /// <summary>Runs a chain for each image and answers where they end; <paramref name="start"/> is left as it is.</summary>
    /// <param name="logDensity">Log-density up to a constant: images [N, …] → [N]. Called with gradients on.</param>
    /// <param name="start">Floating-point images [N, …] in network-input units.</param>
    /// <param name="settings">How the chains run.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the log-density is not of shape [N] or does not depend on the images.</exception>
    public static Tensor Run(Func<Tensor, Tensor> logDensity, Tensor start, SgldRun settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(logDensity);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(settings);
        var (options, generator, range, progress) = settings;
        options.Validate();
        using var on = Autograd.On();
        using var detached = start.detach();
        var images = detached.clone();
        try
        {
            for (int step = 0; step < options.Steps; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var gradient = Gradient(logDensity, images);
                using var off = no_grad();
                var (stepSize, noise) = options.At(step);
                images.AddInPlace(gradient, stepSize);
                if (noise > 0)
                    images.AddInPlace(empty_like(images).FillNormal(0, noise, generator));
                if (options.ClampToRange)
                    range?.Clamp(images);
                progress?.Invoke();
            }
            return images;
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Chains on a network's log q(x), or on log q(x|y) where <paramref name="classes"/> says y. The network is in evaluation mode meanwhile and goes back to the
    /// mode it was in; its weights' gradients are not touched.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="start">Images [N, channels, height, width] in network-input units.</param>
    /// <param name="classes">A class for each image, shape [N], 64-bit integers; null samples from log q(x).</param>
    /// <param name="settings">How the chains run.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    public static Tensor Run(Backbone network, Tensor start, Tensor? classes, SgldRun settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        bool training = network.training;
        if (training)
            network.eval();
        using var frozen = new FrozenWeights(network);
        try
        {
            return Run(LogDensity, start, settings, cancellationToken);
        }
        finally
        {
            if (training)
                network.train();
        }

        Tensor LogDensity(Tensor images)
        {
            var logits = network.call(images);
            return classes is null ? JointEnergy.LogDensity(logits) : JointEnergy.LogConditional(logits, classes);
        }
    }

    /// <summary>By autograd.grad with respect to the images alone: nothing is added to the weights' gradients.</summary>
    private static Tensor Gradient(Func<Tensor, Tensor> logDensity, Tensor images)
    {
        using var on = enable_grad();
        var input = images.detach().requires_grad_(true);
        var value = logDensity(input);
        if (value.dim() != 1 || value.shape[0] != images.shape[0])
            throw new ArgumentException($"The log-density has the shape [{string.Join(", ", value.shape)}], expected [{images.shape[0]}].", nameof(logDensity));
        if (!value.requires_grad) // libtorch would end the process
            throw new ArgumentException("The log-density does not depend on the images.", nameof(logDensity));
        var gradient = autograd.grad([value.sum()], [input], allow_unused: true)[0];
        return !gradient.IsInvalid ? gradient : throw new ArgumentException("The log-density does not depend on the images.", nameof(logDensity));
    }
}

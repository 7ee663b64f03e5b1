using Hdge.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>
/// A network as it scores: norms folded into the convolutions before them where one follows the other, weights in the precision of scoring, none of them with gradients. Made at its first use, and
/// anew after <see cref="Invalidate"/>; what is not folded or rounded shares the network's memory. A network of one's own scores as it is.
/// </summary>
/// <param name="network">The network, on its device and in evaluation mode whenever it scores.</param>
/// <param name="mixed">Whether it computes in bfloat16.</param>
/// <param name="mirrored">Whether it takes the mean of an image and its mirror image.</param>
internal sealed class ScoringForm(Backbone network, bool mixed, bool mirrored = false) : IDisposable
{
    private readonly Lock _lock = new();
    private Backbone? _form;

    /// <summary>The network's kind and size.</summary>
    public NetworkOptions Options => network.Options;

    /// <summary>The network that scores, for any thread.</summary>
    public Backbone Network => network.IsFlexible || mirrored ? Volatile.Read(ref _form) ?? Made() : network;

    /// <summary>To be called when weights have changed, while nobody scores.</summary>
    public void Invalidate()
    {
        lock (_lock)
        {
            _form?.Dispose();
            _form = null;
        }
    }

    public void Dispose() => Invalidate();

    private Backbone Made()
    {
        lock (_lock)
        {
            if (_form is not null)
                return _form;
            using var on = Autograd.On();
            var form = network.IsFlexible ? Folded() : network;
            if (mirrored)
                form = new MirrorMean(form, owns: network.IsFlexible);
            Volatile.Write(ref _form, form);
            return form;
        }
    }

    private Backbone Folded()
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        var form = network.Options.Bare(network.InputShape, network.ClassCount, network.state_dict().Values.First().device);
        foreach (var parameter in form.parameters())
            parameter.requires_grad = false;
        var weights = network.state_dict();
        foreach (var (name, weight) in form.state_dict())
            weight.set_(weights[name].detach());
        form.eval();
        form.Fold();
        form.IsMixed = mixed;
        if (mixed)
            Layers.Round(form, form.Classifier);
        foreach (var weight in form.state_dict().Values)
            weight.DetachFromDisposeScope();
        return form;
    }
}

using Hdge.Distributed;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Activation normalisation (Glow, Kingma and Dhariwal 2018, section 3.1): scale · (x + loc), both learned, a channel each. The first batch in training
/// sets them to 1 / (deviation + 1e-6) and −mean of each channel. Names, shapes and formula are those of the published code, which also lets a batch
/// in evaluation set them; here scoring changes nothing.
/// </summary>
internal sealed class ActivationNorm : nn.Module<Tensor, Tensor>
{
#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly Parameter loc;
    private readonly Parameter scale;
    private readonly Tensor initialized;
#pragma warning restore IDE1006

    public ActivationNorm(int channels, Device device) : base(nameof(ActivationNorm))
    {
        loc = nn.Parameter(zeros(1, channels, 1, 1, dtype: float32, device: device));
        scale = nn.Parameter(ones(1, channels, 1, 1, dtype: float32, device: device));
        initialized = zeros([], dtype: int64, device: device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        // Read each time, not kept: the flag travels with the weights when a model is loaded or a snapshot put back.
        if (training && initialized.item<long>() == 0)
            Initialize(input);
        using var shifted = input.Plus(loc);
        return shifted * scale;
    }

    private void Initialize(Tensor input)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        if (Shard.Passing is { } shard)
        {
            var (count, mean, variance) = SynchronizedNorm.Statistics(input, shard.Collective);
            loc.copy_(-mean.view(loc.shape));
            scale.copy_(variance.Times(count / (count - 1)).sqrt().Plus(1e-6).reciprocal().view(scale.shape));
        }
        else
        {
            var dimensions = new long[] { 0, 2, 3 };
            loc.copy_(-input.mean(dimensions, keepdim: true));
            scale.copy_(input.std(dimensions, keepdim: true).Plus(1e-6).reciprocal());
        }
        initialized.FillInPlace(1);
    }
}

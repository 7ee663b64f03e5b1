using Hdge.Data;
using Hdge.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.MLNet.Tests.Extending;

/// <summary>Two convolutions, batch norm, ReLU and dropout, without shortcuts.</summary>
public sealed record PlainNetworkOptions : NetworkOptions
{
    /// <summary>Channels of the first convolution; the second has twice as many. Range 1..1024. Default 16.</summary>
    public int Width { get; init; } = 16;

    public override void Validate(ImageShape shape)
    {
        if (Width is < 1 or > 1024)
            throw new ArgumentException(FormattableString.Invariant($"{nameof(Width)} is {Width}, expected 1..1024."));
    }

    protected override Backbone Build(NetworkContext context) => new PlainNetwork(this, context);
}

internal sealed class PlainNetwork : Backbone
{
    private readonly Conv2d _conv1, _conv2; // the fields' names are the names of the saved weights
    private readonly Hdge.Networks.BatchNorm _norm1, _norm2;
    private readonly SeededDropout _dropout;
    private readonly Linear _linear;

    public PlainNetwork(PlainNetworkOptions options, NetworkContext context) : base(options, context)
    {
        var (width, device) = (options.Width, context.Device);
        _conv1 = nn.Conv2d(context.Shape.Channels, width, 3L, padding: 1L, device: device);
        _norm1 = new(width, device);
        _conv2 = nn.Conv2d(width, 2 * width, 3L, stride: 2L, padding: 1L, device: device);
        _norm2 = new(2 * width, device);
        _dropout = new(0.1, context.Seed);
        _linear = nn.Linear(2 * width, context.ClassCount, device: device);
    }

    public override Linear Classifier => _linear;

    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = nn.functional.relu(_norm1.call(_conv1.call(input)));
        x = _dropout.call(nn.functional.relu(_norm2.call(_conv2.call(x))));
        return x.mean([2L, 3L]).MoveToOuterDisposeScope();
    }
}

using Hdge.Data;
using Hdge.Onnx;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>Hidden layers, each linear → normalisation → leaky ReLU → dropout, and a linear layer. Maps vectors [N, length, 1, 1] to logits [N, classes].</summary>
internal sealed class FeatureNetwork : Backbone
{
    private const double BatchNormMomentum = 0.1;

    private static readonly HeldScalar s_slope = new(WideResNet.LeakySlope);

#pragma warning disable IDE1006 // the fields' names are the names of the saved weights
    private readonly ModuleList<Linear> hidden;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> norms;
    private readonly Linear linear;
#pragma warning restore IDE1006
    private readonly ModuleList<SeededDropout> _dropouts;

    public FeatureNetwork(FeatureNetworkOptions options, NetworkContext context) : base(options, context)
    {
        var device = context.Device;
        int from = context.Shape.Channels;
        var layers = new List<Linear>();
        foreach (int units in options.Hidden)
        {
            layers.Add(nn.Linear(from, units, device: device, dtype: float32));
            from = units;
        }
        hidden = new([.. layers]);
        norms = new([.. options.Hidden.Select(units => NormalizationLayer.Create(options.Normalization, units, BatchNormMomentum, device)).OfType<nn.Module<Tensor, Tensor>>()]);
        _dropouts = new([.. options.Hidden.Where(_ => options.DropoutRate > 0).Select((_, i) => new SeededDropout(options.DropoutRate, Seeds.Mix(context.Seed, i)))]);
        linear = nn.Linear(from, context.ClassCount, device: device, dtype: float32);
    }

    public override Linear Classifier => linear;

    internal override bool IsFlexible => true;

    public override Tensor Features(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = Entry(input).flatten(1L);
        for (int i = 0; i < hidden.Count; i++)
        {
            x = hidden[i].Run(x);
            if (norms.Count > 0)
                x = norms[i].Run(x.unsqueeze(2L)).squeeze(2L); // a layer for images asks for a side
            x = x.LeakyRelu(s_slope, inPlace: false);
            if (_dropouts.Count > 0 && training)
                x = _dropouts[i].call(x);
        }
        return (IsMixed ? x.to(float32) : x).MoveToOuterDisposeScope();
    }

    protected internal override OnnxValue? ExportFeatures(OnnxGraph graph, OnnxValue input)
    {
        var options = (FeatureNetworkOptions)Options;
        var x = graph.Activation(graph.Node("Flatten", [input], ("axis", 1L)));
        for (int i = 0; i < options.Hidden.Count; i++)
        {
            x = graph.Linear(x, $"hidden.{i}");
            if (options.Normalization != Normalization.None) // a unit is a channel of one value
                x = graph.Node("Flatten", [graph.Norm(graph.Reshape(x, 0, options.Hidden[i], 1, 1), $"norms.{i}", options.Normalization)], ("axis", 1L));
            x = graph.LeakyRelu(x, WideResNet.LeakySlope);
        }
        return x;
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Hdge.Networks;

/// <summary>
/// Layers in the precision of what they are given. In mixed precision activations are bfloat16: a convolution or linear layer then rounds its 32-bit weights for the product (the gradient comes
/// back in 32 bits), and norms compute with 32-bit weights and averages (Micikevicius et al. 2018, section 3.1).
/// </summary>
internal static class Layers
{
    /// <summary>What the layer makes of activations, in their type.</summary>
    public static Tensor Run(this nn.Module<Tensor, Tensor> layer, Tensor x)
    {
        switch (layer)
        {
            case Conv2d convolution when convolution.weight.dtype != x.dtype:
                using (NewDisposeScope())
                    return nn.functional.conv2d(x, convolution.weight.to(x.dtype), convolution.bias?.to(x.dtype), convolution.stride, convolution.padding, convolution.dilation, convolution.groups)
                        .MoveToOuterDisposeScope();
            case Linear linear when linear.weight.dtype != x.dtype:
                using (NewDisposeScope())
                    return nn.functional.linear(x, linear.weight.to(x.dtype), linear.bias?.to(x.dtype)).MoveToOuterDisposeScope();
            case Sequential sequence:
                using (NewDisposeScope())
                    return sequence.children().Cast<nn.Module<Tensor, Tensor>>().Aggregate(x, (y, part) => part.Run(y)).MoveToOuterDisposeScope();
            case Conv2d or Linear or BatchNorm or SeededDropout:
                return layer.call(x);
            default:
                if (x.dtype != bfloat16)
                    return layer.call(x);
                using (NewDisposeScope())
                    return layer.call(x.to(float32)).to(x.dtype).MoveToOuterDisposeScope();
        }
    }

    /// <summary>The mean over height and width, [N, channels], never in fewer than 32 bits.</summary>
    public static Tensor Pool(Tensor x) => x.mean([2L, 3L], type: x.dtype == bfloat16 ? float32 : x.dtype);

    /// <summary>Lays the weights of convolutions out with the channels last, as activations then are, too: what convolutions of processors and GPUs compute with.</summary>
    public static void UseChannelsLast(nn.Module network)
    {
        using var off = no_grad();
        foreach (var convolution in network.modules().OfType<Conv2d>())
        {
            using var scope = NewDisposeScope();
            convolution.weight.set_(convolution.weight.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2));
        }
    }

    /// <summary>Rounds the weights of convolutions and linear layers, but for <paramref name="kept"/>: for a network that is only run in mixed precision.</summary>
    public static void Round(nn.Module network, Linear kept)
    {
        using var off = no_grad();
        foreach (var layer in network.modules())
            if (layer is Conv2d convolution)
                (convolution.weight, convolution.bias) = (Rounded(convolution.weight)!, Rounded(convolution.bias));
            else if (layer is Linear linear && linear != kept)
                (linear.weight, linear.bias) = (Rounded(linear.weight)!, Rounded(linear.bias));

        static Parameter? Rounded(Parameter? weight)
        {
            if (weight is null)
                return null;
            using var rounded = weight.detach().to(bfloat16);
            return nn.Parameter(rounded, requires_grad: false);
        }
    }
}

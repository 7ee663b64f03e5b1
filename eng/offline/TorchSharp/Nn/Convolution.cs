using TorchSharp.Utils;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

public abstract class Convolution : Module<torch.Tensor, torch.Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter? ownWeight;

    [ComponentName(Name = "bias")]
    private Parameter? ownBias;

    private protected Convolution(string name, long[] weightShape, bool hasBias, torch.Device? device, torch.ScalarType? dtype)
        : base(name)
    {
        weight = Parameter(torch.empty(weightShape, dtype, device));
        init.kaiming_uniform_(weight, Math.Sqrt(5));
        if (!hasBias) return;
        bias = Parameter(torch.empty(weightShape[0], dtype, device));
        double bound = 1 / Math.Sqrt(init.CalculateFanInAndFanOut(weight).fanIn);
        init.uniform_(bias, -bound, bound);
    }

    public Parameter weight
    {
        get => ownWeight!;
        set => SetParameter("weight", ref ownWeight, value ?? throw new ArgumentNullException(nameof(value)));
    }

    public Parameter? bias
    {
        get => ownBias;
        set => SetParameter("bias", ref ownBias, value);
    }
}

using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true, Device? device = null,
                ScalarType? dtype = null) =>
                new([normalized_shape], eps, elementwise_affine, bias, device, dtype);
        }
    }
}

namespace TorchSharp.Modules
{
    public sealed class LayerNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long[] shape;
        private readonly double epsilon;

        [ComponentName(Name = "weight")]
        private Parameter? ownWeight;

        [ComponentName(Name = "bias")]
        private Parameter? ownBias;

        internal LayerNorm(long[] shape, double eps, bool affine, bool hasBias, torch.Device? device, torch.ScalarType? dtype)
            : base(nameof(LayerNorm))
        {
            this.shape = shape;
            epsilon = eps;
            if (!affine) return;
            weight = torch.nn.Parameter(torch.ones(shape, dtype, device));
            if (hasBias) bias = torch.nn.Parameter(torch.zeros(shape, dtype, device));
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

        public override torch.Tensor forward(torch.Tensor tensor) => torch.nn.functional.layer_norm(tensor, shape, weight, bias, epsilon);
    }
}

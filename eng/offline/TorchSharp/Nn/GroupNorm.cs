using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>In 0.106.0 its weight and bias start undefined: fill them (init.ones_, init.zeros_) before use.</summary>
            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05, bool affine = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_groups, num_channels, eps, affine, device, dtype);
        }
    }
}

namespace TorchSharp.Modules
{
    public sealed class GroupNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long groups;
        private readonly double epsilon;

        [ComponentName(Name = "weight")]
        private Parameter? ownWeight;

        [ComponentName(Name = "bias")]
        private Parameter? ownBias;

        internal GroupNorm(long groups, long channels, double eps, bool affine, torch.Device? device, torch.ScalarType? dtype)
            : base(nameof(GroupNorm))
        {
            this.groups = groups;
            epsilon = eps;
            if (!affine) return;
            weight = torch.nn.Parameter(Undefined(channels, dtype, device));
            bias = torch.nn.Parameter(Undefined(channels, dtype, device));
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

        /// <exception cref="ArgumentException">The input has fewer than three dimensions.</exception>
        public override torch.Tensor forward(torch.Tensor tensor)
        {
            if (tensor.Dimensions < 3) throw new ArgumentException($"Invalid number of dimensions for GroupNorm argument: {tensor.Dimensions}");
            return torch.nn.functional.group_norm(tensor, groups, weight, bias, epsilon);
        }

        // The real one leaves them uninitialised; NaN makes sure that nobody relies on lucky memory.
        private static torch.Tensor Undefined(long channels, torch.ScalarType? dtype, torch.Device? device) =>
            torch.full(channels, double.NaN, dtype, device);
    }
}

using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static InstanceNorm2d InstanceNorm2d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = false,
                bool track_running_stats = false, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);
        }
    }
}

namespace TorchSharp.Modules
{
    public sealed class InstanceNorm2d : NormBase
    {
        internal InstanceNorm2d(long features, double eps, double momentum, bool affine, bool track, torch.Device? device, torch.ScalarType? dtype)
            : base(nameof(InstanceNorm2d), features, eps, momentum, affine, track, device, dtype)
        {
        }

        /// <exception cref="ArgumentException">The input is not [N, C, H, W] or [C, H, W] with the right number of channels.</exception>
        public override torch.Tensor forward(torch.Tensor input)
        {
            long dimensions = input.ndim;
            if (dimensions is not (3 or 4)) throw new ArgumentException($"expected 3D or 4D input, but got {dimensions}D input.");
            if (input.size((int)dimensions - 3) != Features) throw new ArgumentException($"expected {Features} channels, but got {input.size((int)dimensions - 3)}.");
            if (dimensions == 4) return Apply(input);
            using torch.Tensor batch = input.unsqueeze(0);
            return Apply(batch).squeeze_(0);
        }

        private torch.Tensor Apply(torch.Tensor input) =>
            torch.nn.functional.instance_norm(input, running_mean, running_var, weight, bias, training || !Tracks, Momentum, Epsilon);
    }
}

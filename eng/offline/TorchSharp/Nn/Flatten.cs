using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);
        }
    }
}

namespace TorchSharp.Modules
{
    public sealed class Flatten : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long first;
        private readonly long last;

        internal Flatten(long first, long last)
            : base(nameof(Flatten))
        {
            this.first = first;
            this.last = last;
        }

        public override torch.Tensor forward(torch.Tensor tensor) => tensor.flatten(first, last);
    }
}

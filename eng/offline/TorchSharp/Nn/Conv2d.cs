using TorchSharp.Interop;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [padding, padding], null, [dilation, dilation], padding_mode, groups,
                    bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null,
                (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null,
                    ScalarType? dtype = null) =>
                new(in_channels, out_channels, functional.Pair(kernel_size), functional.Pair(stride ?? (1, 1)), functional.Pair(padding ?? (0, 0)), null,
                    functional.Pair(dilation ?? (1, 1)), padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, [kernel_size, kernel_size], [stride, stride], [0, 0], padding, [dilation, dilation], padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null,
                (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null,
                    ScalarType? dtype = null) =>
                new(in_channels, out_channels, functional.Pair(kernel_size), functional.Pair(stride ?? (1, 1)), [0, 0], padding,
                    functional.Pair(dilation ?? (1, 1)), padding_mode, groups, bias, device, dtype);
        }
    }
}

namespace TorchSharp.Modules
{
    public sealed class Conv2d : Convolution
    {
        private readonly long inputChannels;
        private readonly long[] stride;
        private readonly long[] padding;
        private readonly long[] dilation;
        private readonly long groups;
        private readonly string? namedPadding;
        private readonly string? border;

        internal Conv2d(long inputChannels, long outputChannels, long[] kernel, long[] stride, long[] padding, Padding? named, long[] dilation,
            PaddingModes mode, long groups, bool hasBias, torch.Device? device, torch.ScalarType? dtype)
            : base(nameof(Conv2d), [outputChannels, inputChannels / groups, .. kernel], hasBias, device, dtype)
        {
            if (named == Padding.Same && stride.Any(step => step != 1)) throw new ArgumentException("padding='same' is not supported for strided convolutions");
            this.inputChannels = inputChannels;
            this.stride = stride;
            this.padding = padding;
            this.dilation = dilation;
            this.groups = groups;
            namedPadding = named is Padding name ? name.ToString().ToLowerInvariant() : null;
            border = mode is PaddingModes.Zeros ? null : torch.nn.functional.ModeName(mode);
        }

        /// <exception cref="ArgumentException">The input is not [N, C, H, W] or [C, H, W] with the right number of channels.</exception>
        public override torch.Tensor forward(torch.Tensor input)
        {
            long[] shape = input.shape;
            bool fits = (shape.Length == 4 && shape[1] == inputChannels) || (shape.Length == 3 && shape[0] == inputChannels);
            if (!fits) throw new ArgumentException($"Expected 3D (unbatched) or 4D (batched) input with {inputChannels} channels to Conv2d.");
            if (namedPadding is not null) return Aten.Call("conv2d.padding", input, weight, bias, stride, namedPadding, dilation, groups);
            if (border is null) return Aten.Call("conv2d", input, weight, bias, stride, padding, dilation, groups);
            using torch.Tensor padded = Aten.Call("pad", input, new[] { padding[1], padding[1], padding[0], padding[0] }, border);
            return Aten.Call("conv2d", padded, weight, bias, stride, new long[] { 0, 0 }, dilation, groups);
        }
    }
}

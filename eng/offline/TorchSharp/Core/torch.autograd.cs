using TorchSharp.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    /// <summary>Derivatives of what was computed.</summary>
    public static partial class autograd
    {
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            nint[] outputHandles = Handles(outputs), inputHandles = Handles(inputs), gradHandles = Handles(grad_outputs);
            var results = new nint[inputHandles.Length];
            fixed (nint* o = outputHandles, i = inputHandles, g = gradHandles, r = results)
            {
                NativeMethods.Check(NativeMethods.hdge_grad(o, outputHandles.Length, i, inputHandles.Length, g, gradHandles.Length,
                    Flag(retain_graph), Flag(create_graph), Flag(allow_unused), r));
            }
            KeepAlive(outputs, inputs, grad_outputs);
            // An input that was not used (allow_unused) gets a tensor that IsInvalid, as in the real one.
            return [.. results.Select(handle => new Tensor(handle))];
        }

        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            nint[] outputHandles = Handles(tensors), inputHandles = Handles(inputs), gradHandles = Handles(grad_tensors);
            fixed (nint* o = outputHandles, i = inputHandles, g = gradHandles)
            {
                NativeMethods.Check(NativeMethods.hdge_backward(o, outputHandles.Length, g, gradHandles.Length, i, inputHandles.Length,
                    Flag(retain_graph ?? create_graph), Flag(create_graph)));
            }
            KeepAlive(tensors, inputs, grad_tensors);
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static int Flag(bool value) => value ? 1 : 0;

        private static nint[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null) return [];
            var handles = new nint[tensors.Count];
            for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i]?.Handle ?? 0;
            return handles;
        }

        private static void KeepAlive(object? first, object? second, object? third)
        {
            GC.KeepAlive(first);
            GC.KeepAlive(second);
            GC.KeepAlive(third);
        }
    }
}

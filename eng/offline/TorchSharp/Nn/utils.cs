namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class utils
        {
            /// <summary>Scales all gradients so that their common norm is at most max_norm.</summary>
            /// <returns>The norm before scaling.</returns>
            public static double clip_grad_norm_(IEnumerable<Modules.Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable quiet = no_grad();
                List<Tensor> grads = [.. tensors.Select(parameter => parameter.grad).OfType<Tensor>()];
                if (grads.Count == 0) return 0;
                bool infinite = double.IsPositiveInfinity(norm_type);
                Tensor norms = stack(grads.Select(grad => infinite ? grad.abs().max() : grad.norm((float)norm_type)));
                double total = (infinite ? norms.max() : norms.norm((float)norm_type)).ToDouble();
                double factor = max_norm / (total + 1e-6);
                if (factor < 1)
                {
                    foreach (Tensor grad in grads) grad.mul_(factor);
                }
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Modules.Parameter> tensors, double clip_value)
            {
                using IDisposable quiet = no_grad();
                foreach (Modules.Parameter parameter in tensors)
                {
                    using Tensor? grad = parameter.grad;
                    grad?.clamp_((Scalar)(-clip_value), (Scalar)clip_value);
                }
            }

            public static Tensor parameters_to_vector(IEnumerable<Modules.Parameter> tensors)
            {
                Tensor[] flat = [.. tensors.Select(parameter => parameter.view(-1))];
                Tensor vector = cat(flat);
                foreach (Tensor part in flat) part.Dispose();
                return vector;
            }
        }
    }
}

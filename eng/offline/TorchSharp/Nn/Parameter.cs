namespace TorchSharp.Modules
{
    /// <summary>A tensor that training changes.</summary>
    public class Parameter : torch.Tensor
    {
        /// <param name="data">Becomes invalid: the parameter takes its place, in its dispose scope too.</param>
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : base(data.with_requires_grad(requires_grad).MoveHandle(), false)
        {
            DisposeScope.ReplaceWith(data, this);
            GC.SuppressFinalize(data);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}

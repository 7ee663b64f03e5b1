using static TorchSharp.torch;

namespace Hdge;

/// <summary>Frees work from the caller's <c>no_grad</c> or <c>inference_mode</c>: weights made or losses computed inside could never be derived.</summary>
internal static class Autograd
{
    /// <summary>Gradients on and inference mode off on this thread, until the result is disposed of.</summary>
    public static IDisposable On() => inference_mode(false); // libtorch's guard turns gradients on with it, and puts both back
}

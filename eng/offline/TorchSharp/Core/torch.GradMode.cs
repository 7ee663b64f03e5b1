using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static bool is_grad_enabled() => NativeMethods.hdge_get_grad_mode() != 0;

    public static bool is_inference_mode_enabled() => NativeMethods.hdge_is_inference_mode() != 0;

    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    /// <summary>Gradient recording on this thread, until disposed.</summary>
    private sealed class GradMode : IDisposable
    {
        private readonly int previous = NativeMethods.hdge_get_grad_mode();

        public GradMode(bool enabled) => NativeMethods.hdge_set_grad_mode(enabled ? 1 : 0);

        public void Dispose() => NativeMethods.hdge_set_grad_mode(previous);
    }

    /// <summary>Inference mode on this thread, until disposed.</summary>
    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private readonly int thread = Environment.CurrentManagedThreadId;
        private nint guard = NativeMethods.hdge_inference_mode_enter(enabled ? 1 : 0);

        public void Dispose()
        {
            if (guard == 0) return;
            if (thread != Environment.CurrentManagedThreadId)
                throw new InvalidOperationException("Inference mode must end on the thread where it began.");
            NativeMethods.hdge_inference_mode_leave(guard);
            guard = 0;
        }
    }
}

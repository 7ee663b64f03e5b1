using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The functions of libhdge_torch. Those that return a byte* return null, or the message of what went wrong.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "hdge_torch";

    static NativeMethods() => NativeLoader.Load();

    [LibraryImport(Library)] internal static partial byte* hdge_resolve(byte* name, byte* overload, nint* result);
    [LibraryImport(Library)] internal static partial byte* hdge_call(nint op, NativeValue* args, int count, nint* result);
    [LibraryImport(Library)] internal static partial byte* hdge_call_void(nint op, NativeValue* args, int count);
    [LibraryImport(Library)] internal static partial byte* hdge_call_many(nint op, NativeValue* args, int count, NativeValue** results, int* resultCount);

    [LibraryImport(Library)] internal static partial byte* hdge_from_memory(void* data, long bytes, int scalarType, long* sizes, int dims, nint* result);
    [LibraryImport(Library)] internal static partial byte* hdge_on_memory(void* data, int scalarType, long* sizes, int dims,
        delegate* unmanaged<nint, void> release, nint context, nint* result);
    [LibraryImport(Library)] internal static partial void hdge_release(nint tensor);
    [LibraryImport(Library)] internal static partial nint hdge_alias(nint tensor);
    [LibraryImport(Library)] internal static partial byte* hdge_info(nint tensor, TensorInfo* info);
    [LibraryImport(Library)] internal static partial byte* hdge_sizes(nint tensor, long* sizes);
    [LibraryImport(Library)] internal static partial byte* hdge_strides(nint tensor, long* strides);
    [LibraryImport(Library)] internal static partial byte* hdge_data(nint tensor, void** data);

    [LibraryImport(Library)] internal static partial byte* hdge_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial byte* hdge_retain_grad(nint tensor);
    [LibraryImport(Library)] internal static partial byte* hdge_get_grad(nint tensor, nint* grad);
    [LibraryImport(Library)] internal static partial byte* hdge_set_grad(nint tensor, nint grad);

    [LibraryImport(Library)] internal static partial byte* hdge_backward(nint* outputs, int outputCount, nint* grads, int gradCount,
        nint* inputs, int inputCount, int retainGraph, int createGraph);
    [LibraryImport(Library)] internal static partial byte* hdge_grad(nint* outputs, int outputCount, nint* inputs, int inputCount,
        nint* grads, int gradCount, int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library)] internal static partial byte* hdge_version();
    [LibraryImport(Library)] internal static partial int hdge_get_num_threads();
    [LibraryImport(Library)] internal static partial byte* hdge_set_num_threads(int count);
    [LibraryImport(Library)] internal static partial int hdge_get_num_interop_threads();
    [LibraryImport(Library)] internal static partial byte* hdge_set_num_interop_threads(int count);
    [LibraryImport(Library)] internal static partial int hdge_get_grad_mode();
    [LibraryImport(Library)] internal static partial void hdge_set_grad_mode(int enabled);
    [LibraryImport(Library)] internal static partial int hdge_is_inference_mode();
    [LibraryImport(Library)] internal static partial nint hdge_inference_mode_enter(int enabled);
    [LibraryImport(Library)] internal static partial void hdge_inference_mode_leave(nint guard);

    [LibraryImport(Library)] internal static partial byte* hdge_manual_seed(ulong seed);
    [LibraryImport(Library)] internal static partial byte* hdge_generator_default(int deviceType, int deviceIndex, nint* result);
    [LibraryImport(Library)] internal static partial byte* hdge_generator_new(ulong seed, int deviceType, int deviceIndex, nint* result);
    [LibraryImport(Library)] internal static partial void hdge_generator_delete(nint generator);
    [LibraryImport(Library)] internal static partial byte* hdge_generator_seed(nint generator, ulong seed);
    [LibraryImport(Library)] internal static partial long hdge_generator_initial_seed(nint generator);
    [LibraryImport(Library)] internal static partial byte* hdge_generator_get_state(nint generator, nint* state);
    [LibraryImport(Library)] internal static partial byte* hdge_generator_set_state(nint generator, nint state);

    [LibraryImport(Library)] internal static partial int hdge_cuda_device_count();
    [LibraryImport(Library)] internal static partial byte* hdge_cuda_synchronize(int deviceIndex);

    [LibraryImport(Library)] internal static partial int hdge_get_tf32(int cudnn);
    [LibraryImport(Library)] internal static partial byte* hdge_set_tf32(int cudnn, int enabled);

    /// <summary>Throws what the real TorchSharp throws when libtorch reports an error.</summary>
    internal static void Check(byte* error)
    {
        if (error != null) Throw(error);
    }

    private static void Throw(byte* error) => throw new ExternalException(Marshal.PtrToStringUTF8((nint)error));
}

using System.Runtime.CompilerServices;

namespace TorchSharp.Interop;

/// <summary>Calls operators of libtorch by name. A frequent call allocates nothing but the resulting tensor.</summary>
[SkipLocalsInit]
internal static unsafe class Aten
{
    /// <summary>Calls an operator whose first result is a tensor.</summary>
    internal static torch.Tensor Call(string op, params ReadOnlySpan<Arg> args) => new(CallHandle(op, args));

    /// <summary>The same, as a bare handle that the caller owns.</summary>
    internal static nint CallHandle(string op, params ReadOnlySpan<Arg> args)
    {
        nint function = Operators.Find(op);
        NativeValue* values = stackalloc NativeValue[args.Length];
        var lists = new ListArena(stackalloc long[ListArena.OnStack]);
        nint result = 0;
        byte* error;
        try
        {
            lists.Lower(args, values);
            error = NativeMethods.hdge_call(function, values, args.Length, &result);
        }
        finally
        {
            lists.Release();
        }
        KeepAlive(args);
        NativeMethods.Check(error);
        return result;
    }

    /// <summary>Calls an in-place operator.</summary>
    internal static void Run(string op, params ReadOnlySpan<Arg> args)
    {
        nint function = Operators.Find(op);
        NativeValue* values = stackalloc NativeValue[args.Length];
        var lists = new ListArena(stackalloc long[ListArena.OnStack]);
        byte* error;
        try
        {
            lists.Lower(args, values);
            error = NativeMethods.hdge_call_void(function, values, args.Length);
        }
        finally
        {
            lists.Release();
        }
        KeepAlive(args);
        NativeMethods.Check(error);
    }

    /// <summary>Calls an operator with several tensors, or a list of tensors, as its result.</summary>
    internal static torch.Tensor[] Many(string op, params ReadOnlySpan<Arg> args)
    {
        NativeValue[] results = Raw(op, args);
        var tensors = new torch.Tensor[results.Length];
        for (int i = 0; i < results.Length; i++) tensors[i] = new torch.Tensor((nint)results[i].Bits);
        return tensors;
    }

    internal static (torch.Tensor, torch.Tensor) Two(string op, params ReadOnlySpan<Arg> args)
    {
        torch.Tensor[] results = Many(op, args);
        for (int i = 2; i < results.Length; i++) results[i].Dispose();
        return (results[0], results[1]);
    }

    /// <summary>Calls an operator that answers yes or no.</summary>
    internal static bool Ask(string op, params ReadOnlySpan<Arg> args) => Raw(op, args)[0].Bits != 0;

    /// <summary>Calls an operator that answers with a number.</summary>
    internal static NativeValue Number(string op, params ReadOnlySpan<Arg> args) => Raw(op, args)[0];

    private static NativeValue[] Raw(string op, ReadOnlySpan<Arg> args)
    {
        nint function = Operators.Find(op);
        NativeValue* values = stackalloc NativeValue[args.Length];
        var lists = new ListArena(stackalloc long[ListArena.OnStack]);
        NativeValue* results = null;
        int count = 0;
        byte* error;
        try
        {
            lists.Lower(args, values);
            error = NativeMethods.hdge_call_many(function, values, args.Length, &results, &count);
        }
        finally
        {
            lists.Release();
        }
        KeepAlive(args);
        NativeMethods.Check(error);
        return new ReadOnlySpan<NativeValue>(results, count).ToArray();
    }

    // A finalizer must not release a tensor while libtorch works on it.
    private static void KeepAlive(ReadOnlySpan<Arg> args)
    {
        foreach (ref readonly Arg arg in args) GC.KeepAlive(arg.Source);
    }
}

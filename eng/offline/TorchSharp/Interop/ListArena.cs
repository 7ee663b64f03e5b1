using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>Lowers arguments to native values. Lists are copied: short ones onto the caller's stack, long ones to native memory.</summary>
internal unsafe ref struct ListArena(Span<long> stack)
{
    /// <summary>How many list elements a call can hold without allocating.</summary>
    public const int OnStack = 48;

    private readonly Span<long> stack = stack;
    private int used;
    private List<nint>? allocated;

    public void Lower(ReadOnlySpan<Arg> args, NativeValue* values)
    {
        for (int i = 0; i < args.Length; i++)
        {
            ref readonly Arg arg = ref args[i];
            values[i] = new NativeValue { Tag = arg.Tag, Bits = arg.Bits };
            if (arg.Tag is >= ValueTag.IntList and <= ValueTag.String) LowerList(arg, ref values[i]);
        }
    }

    public readonly void Release()
    {
        if (allocated is null) return;
        foreach (nint block in allocated) NativeMemory.Free((void*)block);
    }

    private void LowerList(in Arg arg, ref NativeValue value)
    {
        switch (arg.Source)
        {
            case long[] integers:
                integers.CopyTo(Take(integers.Length, ref value));
                break;
            case double[] reals:
                MemoryMarshal.Cast<double, long>(reals).CopyTo(Take(reals.Length, ref value));
                break;
            case torch.Tensor?[] tensors:
                Span<long> handles = Take(tensors.Length, ref value);
                for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i]?.Handle ?? 0;
                break;
            case byte[] text:
                text.CopyTo(MemoryMarshal.AsBytes(Take((text.Length + 7) / 8, ref value)));
                value.Count = text.Length;
                break;
        }
    }

    private Span<long> Take(int count, ref NativeValue value)
    {
        value.Count = count;
        if (used + count <= stack.Length)
        {
            Span<long> part = stack.Slice(used, count);
            used += count;
            fixed (long* start = stack) value.Bits = (nint)(start + used - count); // on the stack: it does not move
            return part;
        }
        void* block = NativeMemory.Alloc((nuint)count, sizeof(long));
        (allocated ??= []).Add((nint)block);
        value.Bits = (nint)block;
        return new Span<long>(block, count);
    }
}

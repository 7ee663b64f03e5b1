using System.Runtime.InteropServices;

namespace Hdge;

/// <summary>
/// Lets the C library's heap keep what a step frees. glibc gives blocks above a threshold back to the system, and every step asks for them again, a page fault for each 4 KiB: a third of a step of WRN-10-1. The
/// threshold rises with the largest block that was ever freed, to 32 MiB at most, and the part of the heap's end that is kept to twice that: one such block, never touched, is all it takes.
/// </summary>
internal static unsafe class NativeHeap
{
    private const nuint LargestThreshold = 32 << 20, Head = 1 << 16;

    private static int s_done;

    /// <summary>Once a process; does nothing that matters where the C library is another.</summary>
    public static void Prepare()
    {
        if (OperatingSystem.IsLinux() && Interlocked.Exchange(ref s_done, 1) == 0)
            NativeMemory.Free(NativeMemory.Alloc(LargestThreshold - Head));
    }
}

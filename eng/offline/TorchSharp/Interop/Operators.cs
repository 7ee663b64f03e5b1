using System.Collections.Concurrent;
using System.Text;

namespace TorchSharp.Interop;

/// <summary>Finds operators by name ("exp", "add.Tensor") and remembers their handles.</summary>
internal static unsafe class Operators
{
    private static readonly ConcurrentDictionary<string, nint> Known = new();

    internal static nint Find(string name) => Known.TryGetValue(name, out nint op) ? op : Resolve(name);

    private static nint Resolve(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string full = (dot < 0 ? name : name[..dot]) is var bare && bare.Contains("::", StringComparison.Ordinal) ? bare : "aten::" + bare;
        byte[] fullBytes = Encoding.UTF8.GetBytes(full + '\0');
        byte[] overloadBytes = Encoding.UTF8.GetBytes((dot < 0 ? "" : name[(dot + 1)..]) + '\0');
        nint op;
        fixed (byte* fullPointer = fullBytes, overloadPointer = overloadBytes)
        {
            NativeMethods.Check(NativeMethods.hdge_resolve(fullPointer, overloadPointer, &op));
        }
        Known[name] = op;
        return op;
    }
}

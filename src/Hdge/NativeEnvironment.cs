using System.Runtime.InteropServices;
using System.Text;

namespace Hdge;

/// <summary>
/// What native libraries read from the environment when they are loaded. OpenMP's threads spin while they wait for the next piece of work, which beside other busy
/// processes costs a factor of 8 to 40: they shall sleep instead. What the user has set stays.
/// </summary>
internal static class NativeEnvironment
{
    // libgomp (Linux) and libiomp5 (Windows). Whoever has set one of them has thought about it.
    private static readonly string[] s_decisive = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"];

    private static readonly Lazy<bool> s_prepared = new(() => !s_decisive.Any(name => Environment.GetEnvironmentVariable(name) is not null) && Set("OMP_WAIT_POLICY", "PASSIVE") && Set("KMP_BLOCKTIME", "0"));

    /// <summary>Must run before libtorch is loaded; afterwards it has no effect. Cheap to call again. True where it set anything.</summary>
    public static bool Prepare() => s_prepared.Value;

    private static bool Set(string name, string value)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SetEnvironmentVariable(name, value);
            return true;
        }
        try
        {
            return SetNative(Native(name), Native(value), 0) == 0; // on Unix .NET keeps a copy of the environment for itself, which native code does not see
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false; // slower beside busy processes, no more
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNative(byte[] name, byte[] value, int overwrite);

    private static byte[] Native(string text) => Encoding.UTF8.GetBytes(text + '\0');
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Packages.Tests;

/// <summary>What the changed libLibTorchSharp.so must be, found without reading the ELF file's tables.</summary>
internal static class NativeLibraryFile
{
    public const string Name = "libLibTorchSharp.so";

    /// <summary>Versions that this system's libstdc++ has. Empty where the system is none that could have them.</summary>
    public static string SystemVersions { get; } = ReadSystemVersions();

    /// <summary>Whether TorchSharp's own file does not load here.</summary>
    public static bool IsTooNew => SystemVersions.Length > 0 && !SystemVersions.Contains("GLIBCXX_3.4.32\0", StringComparison.Ordinal);

    /// <summary>The original with the changes that this system needs.</summary>
    public static byte[] FitForThisSystem(byte[] original) =>
        Changed(original, IsTooNew, SystemVersions.Length > 0 && !SystemVersions.Contains("GLIBCXX_3.4.30\0", StringComparison.Ordinal));

    /// <summary>
    /// The original with the two possible changes. An entry of a needed version (Elfxx_Vernaux) starts with the version's hash; then come flags (2 bytes),
    /// its number (2), its name (4), and the distance to the next (4).
    /// </summary>
    public static byte[] Changed(byte[] original, bool marker, bool wait)
    {
        byte[] changed = [.. original];
        if (marker)
            changed[Entry(original, "GLIBCXX_3.4.32") + 4] = 2;
        if (wait)
        {
            (int from, int to) = (Entry(original, "GLIBCXX_3.4.11"), Entry(original, "GLIBCXX_3.4.30"));
            original.AsSpan(from, 4).CopyTo(changed.AsSpan(to));
            original.AsSpan(from + 8, 4).CopyTo(changed.AsSpan(to + 8));
        }

        return changed;
    }

    // No other place holds these four bytes.
    private static int Entry(byte[] file, string version)
    {
        Span<byte> hash = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, Hash(version));
        int at = file.AsSpan().IndexOf(hash);
        Assert.True(at >= 0 && file.AsSpan(at + 1).IndexOf(hash) < 0, $"the hash of {version} is not there exactly once");
        return at;
    }

    /// <summary>The hash of System V's ABI.</summary>
    private static uint Hash(string name)
    {
        uint hash = 0;
        foreach (byte c in Encoding.ASCII.GetBytes(name))
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }

    private static string ReadSystemVersions()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64 || !NativeLibrary.TryLoad("libstdc++.so.6", out _))
            return "";
        string file = File.ReadLines("/proc/self/maps").First(line => line.Contains("libstdc++.so.6", StringComparison.Ordinal));
        return Encoding.Latin1.GetString(File.ReadAllBytes(file[file.IndexOf('/', StringComparison.Ordinal)..]));
    }
}

/// <summary>A test for Linux on x64: TorchSharp has this library for no other system.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = NativeLibraryFile.SystemVersions.Length == 0 ? "Not a Linux on x64 with libstdc++." : null;
}

/// <summary>A test for a Linux where TorchSharp's own library does not load.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OlderLinuxFactAttribute : FactAttribute
{
    public OlderLinuxFactAttribute() => Skip = NativeLibraryFile.IsTooNew ? null : "This system's libstdc++ has GLIBCXX_3.4.32, or is none: TorchSharp's own library loads.";
}

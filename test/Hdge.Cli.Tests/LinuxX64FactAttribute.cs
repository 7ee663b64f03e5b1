using System.Runtime.InteropServices;

namespace Hdge.Cli.Tests;

/// <summary>A test of what only Linux on x64 has.</summary>
internal sealed class LinuxX64FactAttribute : FactAttribute
{
    public LinuxX64FactAttribute()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Skip = "only on Linux, x64";
    }
}

using System.Diagnostics;

namespace Hdge.Tests;

/// <summary>A small disk of its own in memory, which can become full or read-only. Needs root on Linux.</summary>
internal sealed class Tmpfs : IDisposable
{
    public Tmpfs(string size)
    {
        Folder = Directory.CreateTempSubdirectory("hdge-tmpfs").FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Folder))
            throw new IOException($"'{Folder}' could not be mounted.");
    }

    public static bool IsPossible { get; } = Try();

    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    public void MakeReadOnly(bool readOnly) => Assert.True(Run("mount", "-o", $"remount,{(readOnly ? "ro" : "rw")}", Folder));

    /// <summary>Leaves not one byte.</summary>
    public void Fill()
    {
        using var file = File.Create(Filler, 1);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
        }
    }

    public void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static bool Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return false;
        try
        {
            new Tmpfs("64k").Dispose();
            return true;
        }
        catch (Exception error) when (error is IOException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}

/// <summary>A test that needs <see cref="Tmpfs"/>.</summary>
internal sealed class TmpfsFactAttribute : FactAttribute
{
    public TmpfsFactAttribute() => Skip = Tmpfs.IsPossible ? null : "A file system cannot be mounted here: root on Linux can.";
}

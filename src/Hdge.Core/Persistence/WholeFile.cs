using System.Runtime.InteropServices;

namespace Hdge.Persistence;

/// <summary>Files that appear only when they are whole and on the disk.</summary>
internal static class WholeFile
{
    /// <summary>Where a file is written until it is whole.</summary>
    public static string Partial(string path) => path + ".partial";

    /// <summary>Writes a file and gives it its name once it is whole. On failure the one under that name stays as it was.</summary>
    public static void Write(string path, Action<FileStream> write)
    {
        WritePartial(path, write);
        Rename(Partial(path), path);
    }

    /// <summary>Writes <see cref="Partial"/> of the path, and takes it away where that fails.</summary>
    public static void WritePartial(string path, Action<FileStream> write)
    {
        string partial = Partial(path);
        try
        {
            using var file = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite);
            write(file);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            TryDelete(partial);
            throw;
        }
    }

    /// <summary>Renames, over another file if need be, and sees to it that the folder on the disk says so.</summary>
    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        Flush(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What stopped the writing stops this too, and is told instead.
        }
    }

    /// <summary>A rename is on the disk only when its folder is. .NET cannot flush a folder; Windows does not let it either. Best effort: some file systems refuse.</summary>
    private static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        int handle = Open(folder, 0);
        if (handle < 0)
            return;
        _ = Sync(handle);
        _ = Close(handle);
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}

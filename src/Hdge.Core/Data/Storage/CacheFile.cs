using System.Globalization;

namespace Hdge.Data;

/// <summary>
/// A file for images that lives no longer than the process, however that ends: on Unix it loses its name as soon as it is open, and the system frees it with the last handle; on Windows
/// it is opened to be deleted on close, which the system does for a process that died, too.
/// </summary>
internal sealed class CacheFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly string _folder;
    private readonly long? _mostBytes;
    private readonly string? _leftOver; // where the file system keeps the name of an open file

    /// <summary>Opens a file in the folder of the options.</summary>
    /// <param name="options">Folder and limit.</param>
    /// <param name="expectedBytes">What it will hold, where that is known; 0 where not.</param>
    /// <exception cref="IOException">The folder cannot be written to, or has not the room; or the limit is lower.</exception>
    public CacheFile(ImageCacheOptions options, long expectedBytes)
    {
        (_folder, _mostBytes) = (options.FolderOrDefault, options.MostBytes);
        RequireRoom(expectedBytes);
        string path = Path.Combine(_folder, $"hdge-images-{Guid.NewGuid():N}.tmp");
        var open = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
            Options = FileOptions.RandomAccess | (OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None),
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            Directory.CreateDirectory(_folder);
            _stream = new FileStream(path, open);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The images cannot be kept in a file in '{_folder}': {error.Message} {ImageCacheOptions.Cure}", error);
        }
        if (!OperatingSystem.IsWindows())
            _leftOver = TryDelete(path) ? null : path;
    }

    public void Write(ReadOnlySpan<byte> bytes, long at, int images)
    {
        if (at + bytes.Length > _mostBytes)
            throw new IOException($"After {images} images the file in '{_folder}' would be larger than {nameof(ImageCacheOptions.MostBytes)}, {_mostBytes} bytes. {ImageCacheOptions.Cure}");
        try
        {
            RandomAccess.Write(_stream.SafeFileHandle, bytes, at);
        }
        catch (IOException error)
        {
            throw new IOException($"The file of images in '{_folder}' could not be written on after {images} images ({at} bytes, {Free(_folder)} free): {error.Message} {ImageCacheOptions.Cure}", error);
        }
    }

    public void Read(Span<byte> bytes, long at)
    {
        ObjectDisposedException.ThrowIf(_stream.SafeFileHandle.IsClosed, typeof(ImageSet));
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(_stream.SafeFileHandle, bytes, at);
            if (read == 0)
                throw new IOException($"The file of images in '{_folder}' ends at {at} bytes: another program cut it off.");
            bytes = bytes[read..];
            at += read;
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (_leftOver is { } path)
            TryDelete(path);
    }

    private void RequireRoom(long bytes)
    {
        if (bytes > _mostBytes)
            throw new IOException($"The images need {bytes} bytes on disk, more than {nameof(ImageCacheOptions.MostBytes)}, {_mostBytes}. {ImageCacheOptions.Cure}");
        if (bytes > 0 && Room(_folder) is { } room && room < bytes)
            throw new IOException($"The images need {bytes} bytes on disk, but '{_folder}' has {room} free. {ImageCacheOptions.Cure}");
    }

    private static string Free(string folder) => Room(folder) is { } room ? room.ToString(CultureInfo.InvariantCulture) : "an unknown number";

    private static long? Room(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null; // a network share, or a folder still to be made: writing will tell
        }
    }

    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

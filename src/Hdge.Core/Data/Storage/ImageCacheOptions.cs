namespace Hdge.Data;

/// <summary>Where decoded images are kept, and within which limits. A file of them belongs to the process alone and is gone when the set is disposed of or the process ends, however that happens.</summary>
public sealed record ImageCacheOptions
{
    internal const string Cure = "Expected a folder with more room (CacheFolder, or Folder in code without ML.NET), a higher limit, smaller images, or the cache in memory. Nothing was lost: training had not begun.";

    private const int MemoryShare = 4;

    /// <summary>Default <see cref="ImageCache.Auto"/>.</summary>
    public ImageCache Kind { get; init; }

    /// <summary>Folder of the file; it is made where it is missing. Default null: that of the environment variable TMPDIR, else /var/tmp where there is one (/tmp may be memory), else the system's for temporary files.</summary>
    public string? Folder { get; init; }

    /// <summary>Most bytes on disk, above 0. An image takes channels × height × width bytes, four times as many where its values are no whole 0..255. Default null: what the disk holds.</summary>
    public long? MostBytes { get; init; }

    /// <summary>Bytes above which <see cref="ImageCache.Auto"/> takes the disk, at least 0. Default null: a quarter of the memory that the process may use (a container's limit counts).</summary>
    public long? MostMemory { get; init; }

    internal long MostMemoryOrDefault => MostMemory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryShare;

    internal string FolderOrDefault => Folder
        ?? (Environment.GetEnvironmentVariable("TMPDIR") is not { Length: > 0 } && !OperatingSystem.IsWindows() && Directory.Exists("/var/tmp") ? "/var/tmp" : Path.GetTempPath());

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public void Validate()
    {
        Argument.Require(Enum.IsDefined(Kind), Kind, "Auto, Memory or Disk");
        Argument.Require(MostBytes is null or > 0, MostBytes ?? 0, "above 0, or null", nameof(MostBytes));
        Argument.Require(MostMemory is null or >= 0, MostMemory ?? 0, "at least 0, or null", nameof(MostMemory));
        Argument.Require(Folder is null or { Length: > 0 }, "empty", "the name of a folder, or null", nameof(Folder));
    }

    /// <summary>One line: what differs from the defaults.</summary>
    public override string ToString() => PlainText.OfOptions(this);
}

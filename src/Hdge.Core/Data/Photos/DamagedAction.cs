namespace Hdge.Data;

/// <summary>What to do with a file that cannot be read as an image.</summary>
public enum DamagedAction
{
    /// <summary>End with an exception that names the file and the reason.</summary>
    Stop,

    /// <summary>Go on without it, count it, and tell the file and the reason.</summary>
    SkipAndCount,
}

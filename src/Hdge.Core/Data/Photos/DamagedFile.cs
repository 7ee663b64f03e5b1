namespace Hdge.Data;

/// <summary>A file that could not be read as an image.</summary>
/// <param name="Path">The file, as it was named.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record DamagedFile(string Path, string Reason)
{
    /// <summary>For example <c>'cat.jpg': the file is empty</c>.</summary>
    public override string ToString() => $"'{Path}': {Reason}";
}

namespace Hdge.Data;

/// <summary>Images that were read from files.</summary>
/// <param name="Images">The images, in the order of the files.</param>
/// <param name="ClassNames">Names of the classes, in the order of their numbers.</param>
/// <param name="Paths">The file of each image.</param>
/// <param name="Damaged">Files that could not be read, with the reason; they are not among the images.</param>
public sealed record LoadedImages(ImageSet Images, IReadOnlyList<string> ClassNames, IReadOnlyList<string> Paths, IReadOnlyList<DamagedFile> Damaged) : IDisposable
{
    /// <summary>As <see cref="ImageSet.Dispose"/>.</summary>
    public void Dispose() => Images.Dispose();

    /// <summary>One line: what was read and how many files were not.</summary>
    public override string ToString() => $"{Images}, {Damaged.Count} files damaged";
}

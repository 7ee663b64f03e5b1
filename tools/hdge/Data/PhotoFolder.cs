using Hdge.Data;

namespace Hdge.Cli.Data;

/// <summary>Folders of photographs. What is hidden (.DS_Store, Thumbs.db by its attribute) is left alone; every other file must be an image.</summary>
internal static class PhotoFolder
{
    private static readonly EnumerationOptions s_deep = new() { RecurseSubdirectories = true, IgnoreInaccessible = false }, s_flat = new() { IgnoreInaccessible = false };

    /// <summary>The files of a folder and its folders, in the order of their names.</summary>
    public static string[] Files(string folder) => [.. Directory.EnumerateFiles(folder, "*", s_deep).Order(StringComparer.Ordinal)];

    /// <summary>The folders in a folder, in the order of their names: the classes.</summary>
    public static string[] Classes(string folder) => [.. Directory.EnumerateDirectories(folder, "*", s_flat).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    /// <summary>The photographs in the folders of classes, each class in its turn so that the first ones are of all classes.</summary>
    /// <param name="folder">Holds a folder for each class that occurs.</param>
    /// <param name="classes">All classes, in the order of their numbers.</param>
    /// <param name="shape">What they are brought to.</param>
    /// <param name="limit">Takes the first ones only.</param>
    /// <exception cref="InvalidDataException">A folder is no class's, a file is no image, or there are more images than a set can hold.</exception>
    public static ImageSet Read(string folder, IReadOnlyList<string> classes, ImageShape shape, int? limit)
    {
        string[] found = Classes(folder);
        if (found.Except(classes).FirstOrDefault() is { } stranger)
            throw new InvalidDataException($"'{folder}' has a folder '{stranger}', expected folders of the classes {string.Join(", ", classes)}.");
        var files = found.SelectMany(name => Files(Path.Combine(folder, name)).Select((file, turn) => (File: file, Turn: turn, Label: classes.IndexOf(name))))
            .OrderBy(f => f.Turn).ThenBy(f => f.Label).Take(limit ?? int.MaxValue).ToArray();
        return Read([.. files.Select(f => f.File)], [.. files.Select(f => f.Label)], classes.Count, shape);
    }

    /// <summary>All photographs of a folder and its folders, with no labels that mean anything.</summary>
    public static ImageSet ReadUnlabelled(string folder, ImageShape shape, int? limit)
    {
        string[] files = [.. Files(folder).Take(limit ?? int.MaxValue)];
        return Read(files, new int[files.Length], 1, shape);
    }

    private static ImageSet Read(string[] files, int[] labels, int classCount, ImageShape shape)
    {
        if ((long)files.Length * shape.Length > Array.MaxLength)
            throw new InvalidDataException($"{files.Length} images of {shape} are more than a set can hold ({Array.MaxLength} values): --limit, or a smaller --shape.");
        var pixels = new byte[files.Length * shape.Length];
        var reasons = PhotoReader.Read(files, shape, pixels);
        int damaged = Array.FindIndex(reasons, r => r is not null);
        return damaged < 0 ? ImageSet.FromBytes(shape, pixels, labels, classCount) : throw new InvalidDataException($"'{files[damaged]}': {reasons[damaged]}");
    }

    private static int IndexOf(this IReadOnlyList<string> names, string name)
    {
        int at = 0;
        while (names[at] != name)
            at++;
        return at;
    }
}

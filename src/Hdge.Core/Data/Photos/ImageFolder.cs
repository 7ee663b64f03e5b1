namespace Hdge.Data;

/// <summary>Finds image files in folders: a folder a class. What is hidden (.DS_Store, Thumbs.db by its attribute) is left alone; every other file is taken for an image.</summary>
public static class ImageFolder
{
    private static readonly EnumerationOptions s_deep = new() { RecurseSubdirectories = true, IgnoreInaccessible = false }, s_flat = new() { IgnoreInaccessible = false };

    /// <summary>The files in a folder's folders, each of which is a class, however deep. The first files are of all classes in turn: the first of each, then the second of each.</summary>
    /// <param name="folder">Holds a folder for each class that occurs.</param>
    /// <param name="classNames">All classes, in the order of their numbers. Default null: the folders' names, in ordinal order.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It holds no folders, a folder that is no class's, or no file at all.</exception>
    public static LabelledFiles Find(string folder, IReadOnlyList<string>? classNames = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] found = Classes(folder);
        var classes = classNames ?? found;
        if (found.Length == 0)
            throw new InvalidDataException($"'{folder}' holds no folders, expected one for each class, with its images: {Path.Combine(folder, "CLASS", "image.jpg")}.");
        if (found.Except(classes).FirstOrDefault() is { } stranger)
            throw new InvalidDataException($"'{folder}' has a folder '{stranger}', expected folders of the classes {string.Join(", ", classes)}.");
        var number = classes.Select((name, at) => (name, at)).ToDictionary(c => c.name, c => c.at);
        var files = found.SelectMany(name => Files(Path.Combine(folder, name)).Select((file, turn) => (File: file, Turn: turn, Label: number[name])))
            .OrderBy(f => f.Turn).ThenBy(f => f.Label).ToArray();
        return files.Length > 0 ? new([.. files.Select(f => f.File)], [.. files.Select(f => f.Label)], classes) : throw new InvalidDataException($"The folders in '{folder}' hold no files.");
    }

    /// <summary>The files of a folder and its folders, in the ordinal order of their names.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static string[] Files(string folder)
    {
        Exists(folder);
        return [.. Directory.EnumerateFiles(folder, "*", s_deep).Order(StringComparer.Ordinal)];
    }

    /// <summary>The folders in a folder, in the ordinal order of their names: the classes.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static string[] Classes(string folder)
    {
        Exists(folder);
        return [.. Directory.EnumerateDirectories(folder, "*", s_flat).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
    }

    private static void Exists(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'.");
    }
}

namespace Hdge.Cli.Data;

/// <summary>Names of a model's classes, one a line, in a file beside it.</summary>
internal static class ClassNames
{
    private const string FileName = "classes.txt";

    /// <summary>Writes the names beside a model; without names, takes away those of a model that was there before.</summary>
    public static void Write(string folder, IReadOnlyList<string>? names)
    {
        string path = Path.Combine(folder, FileName);
        if (names is not null)
            JsonFile.WriteText(path, string.Join('\n', names) + "\n");
        else
            File.Delete(path);
    }

    /// <summary>The names in the file that was given or, without one, beside the model; null where there are none.</summary>
    /// <param name="model">Path of the model.</param>
    /// <param name="given">Path of a file of names; null for the one beside the model.</param>
    /// <param name="count">Number of the model's classes.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It has another number of names, or a name twice.</exception>
    public static string[]? Read(string model, string? given, int count)
    {
        string path = given ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(model))!, FileName);
        if (given is null && !File.Exists(path))
            return null;
        string[] names = [.. File.ReadAllLines(path).Where(line => line.Length > 0)];
        if (names.Length != count)
            throw new InvalidDataException($"'{path}' names {names.Length} classes, the model has {count}.");
        return names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice ? throw new InvalidDataException($"'{path}' names the class '{twice.Key}' twice.") : names;
    }
}

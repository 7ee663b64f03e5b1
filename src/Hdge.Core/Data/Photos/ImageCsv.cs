using System.Globalization;
using CsvHelper;

namespace Hdge.Data;

/// <summary>Finds image files by a list: a CSV file with a header, with a column of paths and one of classes.</summary>
public static class ImageCsv
{
    /// <summary>The files of a list, in its order. The classes are numbered in the ordinal order of their names.</summary>
    /// <param name="file">The CSV file; relative paths in it start at its folder.</param>
    /// <param name="pathColumn">Column that names the files. Default "file".</param>
    /// <param name="labelColumn">Column that names the classes. Default "label".</param>
    /// <param name="classNames">All classes, in the order of their numbers. Default null: those that occur.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A column is missing, a field is empty, a class is none of those given, or there are no rows.</exception>
    public static LabelledFiles Find(string file, string pathColumn = "file", string labelColumn = "label", IReadOnlyList<string>? classNames = null)
    {
        var rows = Rows(file, "", pathColumn, labelColumn).ToList();
        if (rows.Count == 0)
            throw new InvalidDataException($"'{file}' lists no files.");
        var classes = classNames ?? [.. rows.Select(r => r[1]).Distinct().Order(StringComparer.Ordinal)];
        var number = classes.Select((name, at) => (name, at)).ToDictionary(c => c.name, c => c.at);
        if (rows.Find(r => !number.ContainsKey(r[1])) is { } stranger)
            throw new InvalidDataException($"'{file}' names the class '{stranger[1]}', expected one of {string.Join(", ", classes)}.");
        return new([.. rows.Select(r => FullPath(file, r[0]))], [.. rows.Select(r => number[r[1]])], classes);
    }

    /// <summary>The paths of a list as they are written, each with the file that it means. The option is what the column is named by, for messages.</summary>
    internal static IEnumerable<(string Name, string Path)> Paths(string file, string pathColumn, string option) => Rows(file, option, pathColumn).Select(r => (r[0], FullPath(file, r[0])));

    private static string FullPath(string list, string name) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(list))!, name);

    private static IEnumerable<string[]> Rows(string file, string option, params string[] columns)
    {
        using var csv = new CsvReader(new StreamReader(file), CultureInfo.InvariantCulture);
        string[] header = Next(csv, file) && csv.ReadHeader() ? csv.HeaderRecord! : [];
        int[] places = Array.ConvertAll(columns, column => Array.IndexOf(header, column));
        if (Array.IndexOf(places, -1) is >= 0 and var missing)
            throw new InvalidDataException($"'{file}' has no column '{columns[missing]}'{option}, found {(header.Length > 0 ? string.Join(", ", header) : "no header")}.");
        while (Next(csv, file))
        {
            string[] row = Array.ConvertAll(places, at => csv.TryGetField<string>(at, out string? field) ? field ?? "" : "");
            if (Array.IndexOf(row, "") is >= 0 and var empty)
                throw new InvalidDataException($"Line {csv.Parser.RawRow} of '{file}' has no {columns[empty]}.");
            yield return row;
        }
    }

    private static bool Next(CsvReader csv, string file)
    {
        try
        {
            return csv.Read();
        }
        catch (BadDataException error)
        {
            throw new InvalidDataException($"Line {csv.Parser.RawRow} of '{file}' is no CSV: {error.Message.Split('\n')[0]}", error);
        }
    }
}

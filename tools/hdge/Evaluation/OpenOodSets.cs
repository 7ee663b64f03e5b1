using Hdge.Cli.Data;
using Hdge.Data;
using Hdge.Metrics;

namespace Hdge.Cli.Evaluation;

/// <summary>The unknown sets of OpenOOD v1.5 for CIFAR-10 (Zhang et al. 2023; openood/evaluation_api/datasets.py), as far as a folder has them.</summary>
/// <param name="Found">Near sets, then far ones, each in the leaderboard's order.</param>
/// <param name="Missing">Names of the others.</param>
internal sealed record OpenOodSets(IReadOnlyList<UnknownSet<ImageSet>> Found, IReadOnlyList<string> Missing)
{
    public const string Protocol = "openood-cifar10", Near = "near", Far = "far";

    /// <summary>Names, first the leaderboard's, of each set's folder or of the beginning of its file's.</summary>
    private static readonly (string Group, string[] Names)[] s_sets =
    [
        (Near, ["cifar100", "cifar-100"]),
        (Near, ["tin", "tiny-imagenet", "tinyimagenet", "tiny_imagenet"]),
        (Far, ["mnist"]),
        (Far, ["svhn"]),
        (Far, ["texture", "textures", "dtd"]),
        (Far, ["places365", "places"]),
    ];

    public static string Expected => string.Join(", ", s_sets.Select(s => s.Names[0]));

    /// <summary>Reads DIR/NAME, a folder of IDX files, CIFAR-binary files or pictures, or a file DIR/NAME*.bin.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="shape">The model's: others are brought to it.</param>
    /// <param name="limit">Takes the first images of each only.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It has none of the sets, or one of them twice.</exception>
    public static OpenOodSets Read(string folder, ImageShape shape, int? limit)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"--sets is '{folder}', where there is no folder.");
        var (found, missing) = (new List<UnknownSet<ImageSet>>(), new List<string>());
        foreach (var (group, names) in s_sets)
            if (Path(folder, names) is not { } path)
                missing.Add(names[0]);
            else if (FittedImages.Of(DataFolder.LoadTest(path, limit, shape: shape), shape, path) is { Count: > 0 } images)
                found.Add(new(names[0], images, group));
            else
                throw new InvalidDataException($"'{path}' has no images.");
        return found.Count > 0 ? new(found, missing) : throw new InvalidDataException($"--sets is '{folder}', which has none of {Expected}: expected folders of these names, or files that begin with them and end in .bin.");
    }

    private static string? Path(string folder, string[] names)
    {
        string[] paths = [.. Directory.GetFileSystemEntries(folder).Where(entry => Directory.Exists(entry) ? names.Any(n => Name(entry).Equals(n, StringComparison.OrdinalIgnoreCase)) : IsFile(Name(entry))).Order(StringComparer.Ordinal)];
        return paths.Length <= 1 ? paths.FirstOrDefault() : throw new InvalidDataException($"'{folder}' has {names[0]} more than once: {string.Join(", ", paths.Select(Name))}.");

        static string Name(string path) => System.IO.Path.GetFileName(path);

        bool IsFile(string name) => DataFolder.IsFieldsFile(name) && names.Any(n => name.StartsWith(n, StringComparison.OrdinalIgnoreCase) && (name.Length == n.Length || !char.IsLetterOrDigit(name[n.Length])));
    }
}

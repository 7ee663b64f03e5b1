namespace Packages.Tests;

/// <summary>No dozen lines of the sources stand in two places: what is said twice is changed once.</summary>
public class RepetitionTests
{
    private const int Dozen = 12;

    [Fact]
    public void NoTwelveLinesAreWrittenTwice()
    {
        string[] files = [.. new[] { "src", "tools" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Feed.Repository, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj")).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 100, $"{files.Length} sources under {Feed.Repository}");
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var twice = new List<string>();
        foreach (string file in files)
        {
            (string Text, int Number)[] lines = [.. File.ReadLines(file).Select((line, i) => (Text: string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), i + 1)).Where(line => Says(line.Text))];
            for (int at = 0; at + Dozen <= lines.Length; at++)
            {
                string place = $"{Path.GetRelativePath(Feed.Repository, file)}:{lines[at].Number}";
                if (!seen.TryAdd(string.Join('\n', lines[at..(at + Dozen)].Select(line => line.Text)), place))
                    twice.Add($"{place} repeats {seen[string.Join('\n', lines[at..(at + Dozen)].Select(line => line.Text))]}");
            }
        }
        Assert.True(twice.Count == 0, string.Join(Environment.NewLine, twice));
    }

    /// <summary>Brackets alone, usings and namespaces count for nothing.</summary>
    private static bool Says(string line) => line.Any(char.IsLetterOrDigit) && !line.StartsWith("using ", StringComparison.Ordinal) && !line.StartsWith("namespace ", StringComparison.Ordinal);
}

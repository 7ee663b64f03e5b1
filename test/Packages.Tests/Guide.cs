using System.Text.RegularExpressions;

namespace Packages.Tests;

/// <summary>docs/getting-started.md, as somebody follows it from an empty folder.</summary>
internal static partial class Guide
{
    private static readonly string s_text = File.ReadAllText(Path.Combine(Feed.Repository, "docs", "getting-started.md")).ReplaceLineEndings("\n");

    /// <summary>The program.</summary>
    public static string Program => Block("program");

    /// <summary>The commands before it, and the one that runs it: program and arguments.</summary>
    public static IEnumerable<string[]> Commands(string name) => Block(name).Split('\n').Select(line => line.Split(' '));

    /// <summary>A block of the guide as it stands there, its comment included: README.md shows the same.</summary>
    public static string Whole(string name) => Blocks().Matches(s_text).Single(block => block.Groups["name"].Value == name).Value;

    private static string Block(string name)
    {
        Match match = Blocks().Matches(s_text).FirstOrDefault(block => block.Groups["name"].Value == name) ?? Match.Empty;
        Assert.True(match.Success, $"docs/getting-started.md has no block directly after <!-- {name} -->.");
        return match.Groups["text"].Value;
    }

    [GeneratedRegex(@"<!-- (?<name>\w+) -->\n+```\w+\n(?<text>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}

using System.Text.RegularExpressions;

namespace Packages.Tests;

/// <summary>The program of README.md that needs no files.</summary>
internal static partial class ReadmeProgram
{
    /// <summary>The C# block after the comment "arrays".</summary>
    public static string Text()
    {
        Match match = Block().Match(File.ReadAllText(Path.Combine(Feed.Repository, "README.md")).ReplaceLineEndings("\n"));
        Assert.True(match.Success, "README.md has no ```csharp block directly after <!-- arrays -->.");
        return match.Groups[1].Value;
    }

    [GeneratedRegex(@"<!-- arrays -->\n+```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}

using System.Text.RegularExpressions;

namespace Packages.Tests;

/// <summary>The program that README.md shows first.</summary>
internal static partial class ReadmeProgram
{
    /// <summary>The C# block after the comment "program".</summary>
    public static string Text()
    {
        Match match = Block().Match(File.ReadAllText(Path.Combine(Feed.Repository, "README.md")).ReplaceLineEndings("\n"));
        Assert.True(match.Success, "README.md has no ```csharp block directly after <!-- program -->.");
        return match.Groups[1].Value;
    }

    [GeneratedRegex(@"<!-- program -->\n+```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}

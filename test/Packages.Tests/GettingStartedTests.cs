using SkiaSharp;

namespace Packages.Tests;

/// <summary>A new user's first program: an empty folder, the guide's commands, the guide's program, a folder of pictures.</summary>
[Collection("Consumer")]
public class GettingStartedTests(Consumer consumer)
{
    private const int Each = 24;

    [Fact]
    public void TheGuideIsAllThatIsNeeded()
    {
        string folder = consumer.Scratch("guide");
        foreach (string[] command in Guide.Commands("commands"))
        {
            if (command[0] == "cd")
                folder = Path.Combine(folder, command[1]);
            else // the version under test is no release, which is what the command takes by itself
                Commands.Run(folder, [], Commands.Dotnet, [.. command[1..], .. command is ["dotnet", "add", "package", "Hdge.MLNet"] ? new[] { "--version", consumer.Feed.Version } : []]);
        }
        File.WriteAllText(Path.Combine(folder, "Program.cs"), Guide.Program);
        for (int i = 0; i < Each; i++)
        {
            Draw(Path.Combine(folder, "photos", "stripes", $"{i}.jpg"), i, (x, y) => x / 6 % 2 == 0);
            Draw(Path.Combine(folder, "photos", "checks", $"{i}.png"), i, (x, y) => (x / 6 + y / 6) % 2 == 0);
        }
        File.WriteAllText(Path.Combine(folder, "photos", "checks", "notes.txt"), "no picture");

        string[] run = Assert.Single(Guide.Commands("run"))[1..];
        string text = Commands.Run(folder, [("OMP_NUM_THREADS", "1")], Commands.Dotnet, [.. run, .. Consumer.HardLinks]);

        Assert.Contains("notes.txt') cannot be read: it is no image", text, StringComparison.Ordinal);
        Assert.Matches(@"accuracy [01]\.\d\d on pictures", text);
        Assert.Equal(5, text.Split('\n').Count(line => line.Contains(", confidence ", StringComparison.Ordinal)));
        Assert.True(new FileInfo(Path.Combine(folder, "model.zip")).Length > 100_000);
    }

    [Fact]
    public void TheReadmeShowsTheGuide()
    {
        string readme = File.ReadAllText(Path.Combine(Feed.Repository, "README.md")).ReplaceLineEndings("\n");
        Assert.All(["commands", "program", "run"], name => Assert.Contains(Guide.Whole(name), readme, StringComparison.Ordinal));
    }

    private static void Draw(string path, int number, Func<int, int, bool> isBright)
    {
        var random = new Random(number);
        int width = 60 + random.Next(60), height = 60 + random.Next(40);
        using var bitmap = new SKBitmap(width, height);
        bitmap.Pixels = [.. Enumerable.Range(0, width * height).Select(i => isBright(i % width, i / width) ? Colour(170) : Colour(20))];
        using SKData data = bitmap.Encode(Path.GetExtension(path) == ".png" ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 90);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, data.ToArray());

        SKColor Colour(int level) => new((byte)(level + random.Next(80)), (byte)(level + random.Next(80)), (byte)(level + random.Next(80)));
    }
}

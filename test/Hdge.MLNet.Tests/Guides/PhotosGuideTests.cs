using Microsoft.ML;

namespace Hdge.MLNet.Tests.Guides;

public class PhotosGuideTests
{
    [Fact]
    public void TheGuidesCodeIsCompiledCode()
    {
        static IEnumerable<string> Lines(string name) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "docs", name)).Select(line => line.Trim());

        string[] code = [.. Lines("photos.md").SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```")];
        Assert.NotEmpty(code);
        Assert.Empty(code.Except(Lines("PhotosGuide.cs")));
        Assert.All(PhotosGuide.Trainers(new MLContext()), Assert.NotNull);
    }
}

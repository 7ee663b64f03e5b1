using Hdge.MLNet.Tests.Data;
using PaperTables.Training;

namespace PaperTables.Tests;

public class CultureTests
{
    [Fact]
    public void C11_NothingFollowsTheCulture()
    {
        string[] found = [.. CultureGuard.Find(typeof(CompareCommand).Assembly)];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }
}

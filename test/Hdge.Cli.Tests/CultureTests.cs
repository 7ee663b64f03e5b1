using Hdge.MLNet.Tests.Data;
using Hdge.Cli.Training;

namespace Hdge.Cli.Tests;

public class CultureTests
{
    [Fact]
    public void C11_NothingFollowsTheCulture()
    {
        string[] found = [.. CultureGuard.Find(typeof(CompareCommand).Assembly)];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }
}

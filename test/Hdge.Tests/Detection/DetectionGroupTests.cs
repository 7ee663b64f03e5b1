using Hdge.Detection;
using Hdge.Metrics;

namespace Hdge.Tests.Detection;

public class DetectionGroupTests
{
    [Fact]
    public void GroupsAverageTheirSetsWhateverTheirSize()
    {
        DetectionMetrics easy = DetectionMetrics.Of([3f, 4], [1f, 2, 2, 2, 2]), hard = DetectionMetrics.Of([3f, 4], [5f]), middle = DetectionMetrics.Of([3f, 4], [3.5f]);
        var groups = DetectionGroup.Of([new("letters", "near", hard, 0), new("noise", "far", middle, 0), new("digits", "near", easy, 0)]);
        Assert.Equal(["near", "far"], groups.Select(g => g.Name));
        Assert.Equal(["letters", "digits"], groups[0].Sets);
        Assert.Equal((0.5, 0.5, 0.25), (groups[0].Auroc, groups[0].FalsePositiveRate, groups[0].DetectionError));
        Assert.Equal((easy.AuprIn + hard.AuprIn) / 2, groups[0].AuprIn, 1e-12);
        Assert.Equal((easy.AuprOut + hard.AuprOut) / 2, groups[0].AuprOut, 1e-12);
        Assert.Equal((middle.Auroc, middle.AuprIn, middle.AuprOut, middle.FalsePositiveRate), (groups[1].Auroc, groups[1].AuprIn, groups[1].AuprOut, groups[1].FalsePositiveRate));
    }

    [Fact]
    public void DifferentRatesAreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            DetectionGroup.Of([new("a", "near", DetectionMetrics.Of([1f], [0f]), 0), new("b", "near", DetectionMetrics.Of([1f], [0f], 0.8), 0)]));
        Assert.Contains("'b' at 0.8", error.Message, StringComparison.Ordinal);
    }
}

using Hdge.Reports;

namespace Hdge.Tests.Reports;

/// <summary>A report with every part.</summary>
internal static class SmallReport
{
    public const string Hostile = "<script>alert(1)</script> & \"quoted\" \u0001 \U0001F431";

    public static readonly string[] Classes = ["cat", Hostile, "a class with a very long name"];

    public static ReportData Full()
    {
        var random = new Random(3);
        var images = SmallImages.Patterns(9);
        float[] Scores(int count, double mean) => [.. Enumerable.Range(0, count).Select(_ => (float)(mean + random.NextDouble() + random.NextDouble()))];
        return new ReportData
        {
            Title = Hostile,
            Subtitle = "a small one",
            Summary = [new("Accuracy", 0.876) { Low = 0.85, High = 0.9, Format = "P1", Note = "on 9 images" }, new("NLL", 1234.5678)],
            Reliability =
            [
                new("Before", [new(0, 0.5, 0, double.NaN, double.NaN), new(0.5, 0.75, 30, 0.6, 0.4), new(0.75, 1, 90, 0.9, 0.8)], 0.125),
                new("After", [new(0, 0.5, 20, 0.3, 0.35), new(0.5, 1, 100, 0.8, 0.8)], 0.0083),
            ],
            Histograms = [new("log-density (nats)", new("known images", Scores(400, 2)), [new("digits", Scores(300, 0)), new("noise", Scores(100, 1))])],
            Roc = [new("digits", [new(0, 0), new(0.25, 0.8), new(1, 1)], 0.775), new("noise", [new(0, 0), new(1, 1)], 0.5)],
            Detectors =
            [
                new("AUROC", ["digits", "noise"], [new("log-density", [0.9, 0.5], IsChosen: true), new("ODIN", [0.7, double.NaN]), new("max logit", [0.9, 0.75])]) { ShowMean = true },
                new("FPR", ["digits"], [new("log-density", [0.2]), new("ODIN", [0.1])]) { HigherIsBetter = false },
            ],
            RiskCoverage = [new("confidence", [new(0.1, 0), new(0.5, 0.02), new(1, 0.13)], 0.0305)],
            Confusion = new(Classes, new long[,] { { 90, 10, 0 }, { 5, 1200, 1 }, { 0, 0, 0 } }),
            Robustness = [new("L∞", "of 255", [new("this model", [new(0, 0.9), new(4, 0.4), new(8, 0.1)])]), new("L2", "of the 0..1 range", [new("this model", [new(0, 0.9), new(0.5, 0.2)])])],
            Samples = images,
            SampleQuality = new("Drawn images", ["Fréchet distance"], [new("drawn", [12.5]), new("real", [0.75])]) { HigherIsBetter = null, Note = "Of 9 images." },
            LeastSure = [new(ReportImage.Of(images, 4), "cat", Classes[2], 0.34, -3.25)],
            MostWrong = [new(ReportImage.Of(SmallImages.Patterns(3, shape: new ImageShape(3, 4, 6)), 1), "", "cat", 0.99)],
            Tables = [new("Published", ["digits"], [new("paper", [0.96])])],
            Settings = [new("Seed", "1")],
        };
    }
}

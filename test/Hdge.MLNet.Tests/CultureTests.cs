using System.Globalization;
using System.Reflection;
using System.Text;
using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Hdge.Training;
using Microsoft.ML;

namespace Hdge.MLNet.Tests;

/// <summary>What this package writes is the same in every culture.</summary>
public class CultureTests
{
    [Theory]
    [InlineData("de-DE")] // 1.234,5
    [InlineData("tr-TR")] // i is not the small I
    [InlineData("sv-SE")] // − is not -
    public void C11_EverythingWrittenIsTheSameInEveryCulture(string culture)
    {
        string expected = Under("", Write), actual = Under(culture, Write);

        Assert.Contains("0.", expected, StringComparison.Ordinal);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    public void C11_AModelSavedInOneCultureLoadsInAnother(string culture)
    {
        byte[] Save()
        {
            using var stream = new MemoryStream();
            Trained.Context.Model.Save(Trained.Model, null, stream);
            return stream.ToArray();
        }

        ScoredImage[] Load(byte[] file)
        {
            var context = Trained.Context;
            using var stream = new MemoryStream(file);
            ITransformer model = context.Model.Load(stream, out _);
            using var owned = model as IDisposable;
            return Trained.Rows(context, model.Transform(Trained.View(context, 5)));
        }

        ScoredImage[] expected = Under("", () => Load(Save())), there = Under("", () => Load(Under(culture, Save))), back = Under(culture, () => Load(Under("", Save)));
        for (int i = 0; i < expected.Length; i++)
        {
            Trained.AssertAlike(expected[i], there[i], 0);
            Trained.AssertAlike(expected[i], back[i], 0);
        }
    }

    [Fact]
    public void C11_NothingFollowsTheCulture()
    {
        string[] found = [.. CultureGuard.Find(typeof(HdgeModel).Assembly), .. CultureGuard.Find(typeof(HdgeTrainer).Assembly)];

        Assert.True(found.Length == 0, string.Join(Environment.NewLine, found));
    }

    [Fact]
    public void C11_TheGuardSeesWhatItShould()
    {
        string[] bad = [nameof(Joined), nameof(Listed), nameof(Shown), nameof(Thrown)];
        Assert.All(bad, name => Assert.NotEmpty(CultureGuard.Find(Own(name))));
        Assert.NotEmpty(CultureGuard.Find(typeof(Bad).GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance)!));
        Assert.Empty(CultureGuard.Find(Own(nameof(Good))));

        static MethodInfo Own(string name) => typeof(CultureTests).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
    }

    private static string Joined(double value) => "x" + value;

    private static string Listed(double[] values) => string.Join(", ", values);

    private static string Shown(float value) => string.Concat("x", (object)value);

    private static ArgumentOutOfRangeException Thrown(double value) => new(nameof(value), value, "expected something else");

    private static string Good(double value) => $"{value:F3}" + value.ToString(CultureInfo.InvariantCulture);

    // Training's log, metrics, options, report and messages as one text.
    private static string Write()
    {
        var context = new MLContext(seed: 1);
        var log = new Log(context);
        var text = new StringBuilder();
        HdgeTrainer.Options options = Trained.QuickOptions(2);
        (options.Scale, options.Mean, options.Device) = (1.5f, [-0.25f], "cpu");
        options.MetricsCallback = metrics => text.AppendLine((metrics with { Elapsed = default }).ToString());
        using var model = Trained.Fit(context, options);
        foreach (string line in log.Infos.Concat(log.Warnings).Where(line => !line.StartsWith("epoch ", StringComparison.Ordinal)))
            text.AppendLine(line);

        IDataView scored = model.Transform(Trained.View(context, 40));
        HdgeMetrics metrics = context.MulticlassClassification.EvaluateHdge(scored, ("others", scored));
        object[] shown =
        [
            options, context.MulticlassClassification.Trainers.Hdge(options), model.LastTransformer, model.LastTransformer.Model, options.Training, new TrainingOptions { LearningRate = 0.25 },
            metrics, metrics.Uncalibrated, metrics.Confidence, metrics.Confidence.RiskCoverage, metrics.Unknowns[0].Detection, metrics.Groups[0], metrics.Uncalibrated.Bins[^1],
            model.LastTransformer.Model.Score(ImageSet.FromBytes(new(1, 8, 8), TinyImages.Bytes(3), [0], 3)),
            Refusal(() => new PixelScaling { StandardDeviation = [-1.5f] }.Validate(1)), Refusal(() => new TrainingOptions { LearningRate = -1.5 }.Validate(new(1, 8, 8))),
        ];
        foreach (object item in shown)
            text.AppendLine(item.ToString());
        return text.ToString();
    }

    private static string Refusal(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static T Under<T>(string name, Func<T> action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private sealed record Bad(double Value);
}

using System.Globalization;
using Hdge.MLNet.Tests.Data;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Tests;

/// <summary>What happens while training.</summary>
public class TrainingTests
{
    [Fact]
    public void ProgressAppearsInTheLog()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<LoggingEventArgs>();
        context.Log += (_, entry) => lines.Add(entry);
        Trained.Fit(context, Trained.QuickOptions(epochs: 2)).Dispose();

        LoggingEventArgs[] ours = [.. lines.Where(line => line.Source.Contains("Hdge", StringComparison.Ordinal))];
        Assert.Contains(ours, line => line.Message.Contains("Training on 150 images of 1x8x8 in 3 classes", StringComparison.Ordinal));
        Assert.Contains(ours, line => line.Message.Contains("epoch 1/2: loss ", StringComparison.Ordinal) && line.Kind == ChannelMessageKind.Info);
        Assert.Contains(ours, line => line.Message.Contains("epoch 2/2: loss ", StringComparison.Ordinal));
        LoggingEventArgs warning = Assert.Single(ours, line => line.Kind is ChannelMessageKind.Warning or ChannelMessageKind.Error);
        Assert.Contains("Only 30 images are held out", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProgressWithinAnEpochAppearsInTheLogOnceAnInterval()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, entry) => lines.Add(entry.Message);
        var seen = new List<TrainingProgress>();
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 2);
        (options.ProgressInterval, options.ProgressCallback) = (TimeSpan.Zero, seen.Add);
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Trained.Fit(context, options).Dispose();
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }

        // 120 images a step of 16, twice.
        string[] told = [.. lines.Where(line => line.Contains(" images/s, ", StringComparison.Ordinal))];
        Assert.Equal(16, told.Length);
        Assert.Equal(seen.Select(progress => progress.ToString()), told.Select(line => line[line.IndexOf("epoch ", StringComparison.Ordinal)..]));
        Assert.Matches(@"epoch 2/2, step 3/8: 68\.8 % done, \d+ images/s, \d\d:\d\d:\d\d left$", told[10]);
        lines.Clear();
        options.ProgressInterval = TimeSpan.FromHours(1);
        Trained.Fit(context, options).Dispose();
        Assert.DoesNotContain(lines, line => line.Contains(" images/s, ", StringComparison.Ordinal));
    }

    [Fact]
    public void MetricsReachTheCallback()
    {
        var seen = new List<EpochMetrics>();
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 2);
        options.MetricsCallback = seen.Add;
        Trained.Fit(Trained.Context, options).Dispose();

        Assert.Equal([1, 2], seen.Select(metrics => metrics.Epoch));
        Assert.All(seen, metrics => Assert.NotNull(metrics.ValidationAccuracy));
    }

    [Fact]
    public void RowsWithoutALabelAreLeftOutWithAWarning()
    {
        var context = new MLContext();
        var warnings = new List<string>();
        context.Log += (_, entry) =>
        {
            if (entry.Kind == ChannelMessageKind.Warning && !entry.Message.Contains("images are held out", StringComparison.Ordinal)) // so few rows are worth a warning
                warnings.Add(entry.Message);
        };
        KeyedImage[] rows = KeyedImage.Many(60);
        foreach (KeyedImage row in rows.Take(7))
            (row.Label, row.Features[0]) = (KeyedImage.Missing, float.NaN);
        context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(context.Data.LoadFromEnumerable(rows)).Dispose();

        Assert.Contains("7 rows", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void UnscaledFeaturesCauseAWarning()
    {
        var context = new MLContext();
        var warnings = new List<string>();
        context.Log += (_, entry) =>
        {
            if (entry.Kind == ChannelMessageKind.Warning && !entry.Message.Contains("images are held out", StringComparison.Ordinal)) // so few rows are worth a warning
                warnings.Add(entry.Message);
        };
        KeyedImage[] rows = KeyedImage.Many(60);
        foreach (KeyedImage row in rows)
            row.Features = Array.ConvertAll(row.Features, value => value * 255);
        HdgeTrainer.Options scaled = Trained.QuickOptions();
        scaled.Scale = 1 / 255f;

        context.MulticlassClassification.Trainers.Hdge(scaled).Fit(context.Data.LoadFromEnumerable(rows)).Dispose();
        Assert.Empty(warnings);
        context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(context.Data.LoadFromEnumerable(rows)).Dispose();
        Assert.Contains("Scale", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ACancelledTokenStopsTheTraining()
    {
        using var source = new CancellationTokenSource();
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 1000);
        options.CancellationToken = source.Token;
        options.MetricsCallback = _ => source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => Trained.Fit(Trained.Context, options));
        Assert.ThrowsAny<OperationCanceledException>(() => Trained.Fit(Trained.Context, options));
    }

    [Fact]
    public void EqualSeedsGiveEqualModels()
    {
        float[] ofContext = Densities(new MLContext(seed: 7), Trained.QuickOptions());
        float[] again = Densities(new MLContext(seed: 7), Trained.QuickOptions());
        float[] other = Densities(new MLContext(seed: 8), Trained.QuickOptions());
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Seed = 7;
        float[] ofOptions = Densities(new MLContext(seed: 8), options);

        Assert.Equal(ofContext, again);
        Assert.Equal(ofContext, ofOptions);
        Assert.NotEqual(ofContext, other);
    }

    [Fact]
    public void OptionsAreCopied()
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        HdgeTrainer trainer = Trained.Context.MulticlassClassification.Trainers.Hdge(options);
        options.FeatureColumnName = "Elsewhere";

        trainer.Fit(Trained.Context.Data.LoadFromEnumerable(KeyedImage.Many(30))).Dispose();
    }

    [Fact]
    public void AGpuThatIsNotThereIsRefusedUnlessTheCpuMayStandIn()
    {
        var context = new MLContext { GpuDeviceId = 99 };
        IDataView view = context.Data.LoadFromEnumerable(KeyedImage.Many(30));
        HdgeTrainer trainer = context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions());

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => trainer.Fit(view));
        Assert.Contains("GpuDeviceId is 99", refusal.Message, StringComparison.Ordinal);
        context.FallbackToCpu = true;
        using HdgeTransformer onCpu = trainer.Fit(view);
        Assert.Equal("cpu", onCpu.Model.Device.ToString());
        context.FallbackToCpu = false;
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Device = "cpu";
        context.MulticlassClassification.Trainers.Hdge(options).Fit(view).Dispose();
    }

    private static float[] Densities(MLContext context, HdgeTrainer.Options options)
    {
        using var model = Trained.Fit(context, options);
        return [.. Trained.Rows(context, model.Transform(Trained.View(context, 10))).Select(row => row.LogDensity)];
    }
}

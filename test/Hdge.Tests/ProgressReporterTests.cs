using System.Globalization;
using Hdge.Training;

namespace Hdge.Tests;

/// <summary>What is told within an epoch, and how often.</summary>
public class ProgressReporterTests
{
    [Fact]
    public void AtMostOneReportAnIntervalWithRateAndTimeLeft()
    {
        var clock = new Clock();
        var reports = new List<TrainingProgress>();
        var reporter = new ProgressReporter(reports.Add, TimeSpan.FromSeconds(5), epochs: 2, clock);
        reporter.Begin();
        for (int epoch = 1; epoch <= 2; epoch++)
        {
            reporter.BeginEpoch();
            for (int step = 1; step <= 10; step++)
            {
                clock.Now += TimeSpan.FromSeconds(2);
                reporter.Add(epoch, step, 10, images: step == 10 ? 8 : 64, before: TimeSpan.FromMinutes(1));
            }
            clock.Now += TimeSpan.FromSeconds(20); // validation
        }

        // Every 6 s, the third step; what was in the epoch's end and the validation does not count for the next epoch's rate.
        Assert.Equal([(1, 3), (1, 6), (1, 9), (2, 3), (2, 6), (2, 9)], reports.Select(r => (r.Epoch, r.Step)));
        Assert.All(reports, r => Assert.Equal(32, r.ImagesPerSecond, 1e-9));
        Assert.Equal([.15, .3, .45, .65, .8, .95], reports.Select(r => Math.Round(r.Share, 9)));
        Assert.Equal([66, 72, 78, 106, 112, 118], reports.Select(r => r.Elapsed.TotalSeconds));
        // (Seconds of this run) / (steps done) × (steps left): 46 / 13 × 7 and so on in the second epoch.
        Assert.Equal([34, 28, 22, Math.Round(46 / 13.0 * 7, 4), 13, Math.Round(58.0 / 19, 4)], reports.Select(r => Math.Round(r.Remaining.TotalSeconds, 4)));
    }

    [Fact]
    public void AnIntervalOfZeroReportsEveryStepAndNoListenerNone()
    {
        var reports = new List<TrainingProgress>();
        var reporter = new ProgressReporter(reports.Add, TimeSpan.Zero, epochs: 1, new Clock());
        reporter.Begin();
        reporter.BeginEpoch();
        reporter.Add(1, 1, 2, 5, TimeSpan.Zero);
        reporter.Add(1, 2, 2, 5, TimeSpan.Zero);
        Assert.Equal([1, 2], reports.Select(r => r.Step));
        Assert.Equal((1, TimeSpan.Zero), (reports[^1].Share, reports[^1].Remaining));
        new ProgressReporter(null, TimeSpan.Zero, epochs: 1, new Clock()).Add(1, 1, 2, 5, TimeSpan.Zero);
    }

    [Fact]
    public void TheLineIsTheSameInEveryCulture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal("epoch 3/8, step 120/1406: 26.1 % done, 1235 images/s, 01:02:04 left",
                new TrainingProgress { Epoch = 3, Epochs = 8, Step = 120, Steps = 1406, ImagesPerSecond = 1234.6, Elapsed = TimeSpan.Zero, Remaining = new TimeSpan(0, 1, 2, 3, 400) }.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void ARunReportsItsStepsAndEpochs()
    {
        var reports = new List<TrainingProgress>();
        var options = SmallImages.Quick with { ProgressInterval = TimeSpan.Zero };
        using (ModelTrainer.Train(SmallImages.Patterns(60), options, new TrainingCallbacks { Step = reports.Add }))
            Assert.Equal([(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)], reports.Select(r => (r.Epoch, r.Step))); // 48 images in batches of 16
        Assert.All(reports, r => Assert.True(r is { Epochs: 2, Steps: 3, ImagesPerSecond: > 0 } && r.Remaining >= TimeSpan.Zero));
        Assert.Equal(1, reports[^1].Share);
        reports.Clear();
        using (ModelTrainer.Train(SmallImages.Patterns(60), options with { ProgressInterval = TimeSpan.FromHours(1) }, new TrainingCallbacks { Step = reports.Add }))
            Assert.Empty(reports);
        Assert.Contains("ProgressInterval", Assert.Throws<ArgumentOutOfRangeException>(() => ModelTrainer.Train(SmallImages.Patterns(60), options with { ProgressInterval = TimeSpan.FromSeconds(-1) })).Message, StringComparison.Ordinal);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}

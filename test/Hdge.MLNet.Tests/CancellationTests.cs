using System.Diagnostics;
using System.Runtime.CompilerServices;
using Hdge.MLNet.Tests.Data;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary><c>MLContext.CancelExecution</c> ends a Fit as it ends those of stock trainers, and so does a token.</summary>
public class CancellationTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void CancelExecutionThrowsWhatStockTrainersThrow()
    {
        IDataView rows = _context.Data.LoadFromEnumerable(KeyedImage.Many(30));
        var stock = _context.MulticlassClassification.Trainers.SdcaMaximumEntropy();
        HdgeTrainer ours = _context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions());
        MulticlassCalibratorEstimator calibrator = _context.MulticlassClassification.Calibrators.Temperature();
        IDataView scored = Trained.Transformer.Transform(rows);
        CancelExecution(_context);

        Exception expected = Assert.ThrowsAny<Exception>(() => stock.Fit(rows));
        foreach (Exception actual in new[] { Assert.ThrowsAny<Exception>(() => ours.Fit(rows)), Assert.ThrowsAny<Exception>(() => calibrator.Fit(scored)) })
        {
            Assert.IsType<OperationCanceledException>(actual);
            Assert.Equal((expected.GetType(), expected.Message), (actual.GetType(), actual.Message));
        }

        var other = new MLContext(seed: 1);
        other.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(rows).Dispose();
    }

    [Fact]
    public void CancelExecutionStopsBetweenSteps()
    {
        int steps = 0, epochs = 0;
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 1000);
        options.ProgressInterval = TimeSpan.Zero;
        options.MetricsCallback = _ => epochs++;
        options.ProgressCallback = _ =>
        {
            if (++steps != 3)
                return;
            CancelExecution(_context);
            Noticed();
        };

        Assert.Equal("Operation was canceled.", Assert.Throws<OperationCanceledException>(() => Trained.Fit(_context, options)).Message);
        Assert.InRange(steps, 3, 7); // of 8 an epoch: even a machine that stalls for long stops within it
        Assert.Equal(0, epochs);
    }

    [Fact]
    public void CancelExecutionStopsTheReadingOfRows()
    {
        long rows = 0;
        IDataView endless = _context.Data.LoadFromEnumerable(Endless());
        Assert.Throws<OperationCanceledException>(() => _context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(endless));
        Assert.True(rows > 100);

        IEnumerable<KeyedImage> Endless()
        {
            var clock = Stopwatch.StartNew();
            KeyedImage[] images = KeyedImage.Many(30);
            for (; ; rows++)
            {
                if (rows == 100)
                    CancelExecution(_context);
                if (clock.Elapsed > TimeSpan.FromMinutes(1))
                    throw new TimeoutException("Still reading.");
                yield return images[rows % 30];
            }
        }
    }

    [Theory]
    [InlineData("log-density")]
    [InlineData("auto")]
    public void CancelExecutionStopsTheCalibrationAtTheEnd(string score)
    {
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 2);
        options.DetectionScore = Detection.DetectionScore.Of(score);
        options.MetricsCallback = m =>
        {
            if (m.Epoch != 2)
                return;
            CancelExecution(_context);
            Noticed();
        };

        Assert.Throws<OperationCanceledException>(() => Trained.Fit(_context, options));
    }

    [Fact]
    public void ATokensExceptionNamesTheToken()
    {
        using var source = new CancellationTokenSource();
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 1000);
        options.CancellationToken = source.Token;
        options.MetricsCallback = _ => source.Cancel();

        Assert.Equal(source.Token, Assert.Throws<OperationCanceledException>(() => Trained.Fit(_context, options)).CancellationToken);
        Assert.Equal(source.Token, Assert.Throws<OperationCanceledException>(() => Trained.Fit(_context, options)).CancellationToken);
    }

    [Fact]
    public void ReturnBestSoFarGivesATransformerThatScores()
    {
        var log = new List<string>();
        _context.Log += (_, entry) => log.Add(entry.Message);
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 1000);
        options.OnCancel = CancelBehavior.ReturnBestSoFar;
        options.MetricsCallback = m =>
        {
            if (m.Epoch == 3)
                CancelExecution(_context);
        };
        using TransformerChain<HdgeTransformer> model = Trained.Fit(_context, options);

        Assert.Single(log, line => line.Contains("Training was cancelled in epoch ", StringComparison.Ordinal) && line.Contains(" of 1000: the model of epoch ", StringComparison.Ordinal));
        ScoredImage[] rows = Trained.Rows(_context, model.Transform(Trained.View(_context, 60, first: 500)));
        Assert.True(rows.Count(row => row.PredictedLabel == TinyImages.Class(row.Number) + 1) > 40);
        Assert.InRange(rows.Count(row => row.IsInDistribution), 40, 60);
        Assert.True(double.IsFinite(model.LastTransformer.Model.Decision.Lower));
    }

    [Fact]
    public void ReturnBestSoFarThrowsBeforeTheFirstEpochIsWhole()
    {
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 1000);
        options.OnCancel = CancelBehavior.ReturnBestSoFar;
        options.ProgressInterval = TimeSpan.Zero;
        options.ProgressCallback = _ =>
        {
            CancelExecution(_context);
            Noticed();
        };

        Assert.Throws<OperationCanceledException>(() => Trained.Fit(_context, options));
    }

    // The trainer looks every 50 ms; a busy machine may take longer.
    private static void Noticed() => Thread.Sleep(500);

    // Internal to ML.NET; Microsoft.ML.Experimental and AutoML call it.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "CancelExecution")]
    private static extern void CancelExecution(MLContext context);
}

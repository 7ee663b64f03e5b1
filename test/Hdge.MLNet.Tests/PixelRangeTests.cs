using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Values that cannot be those of images of 0..1 are told: too large is UnscaledFeaturesCauseAWarning.</summary>
public class PixelRangeTests
{
    private readonly MLContext _context = Trained.Context;
    private readonly Log _log;

    public PixelRangeTests() => _log = new Log(_context);

    [Fact]
    public void B6_InputScaledTwiceIsTold() => Told(
        options => options.Scale = 1 / 255f, value => value, "'Features'", "scaled twice", "Scale is 0.003921", "0 to 1");

    [Fact]
    public void B6_InputScaledBeforeTheTrainerIsTold() => Told(options => { }, value => value / 255, "no value above 0.0036", "scaled twice");

    [Fact]
    public void B6_StandardisedInputThatIsScaledIsTold() => Told(options => options.Scale = 1 / 255f, value => (value - 0.45f) / 0.22f, "scaled twice", "standardised");

    [Fact]
    public void B6_InputStandardisedTwiceIsTold() => Told(options => { }, value => (value * 2) - 1, "values down to -1 ", "Mean", "[0]");

    [Fact]
    public void B6_BytesDividedBy255AreTold()
    {
        var view = new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 3), [.. Enumerable.Range(0, 30).Select(i => (uint)(i % 3) + 1)]),
            TableView.Column.Of("Features", new VectorDataViewType(NumberDataViewType.Byte, 64),
                [.. Enumerable.Range(0, 30).Select(i => new VBuffer<byte>(64, Array.ConvertAll(TinyImages.Bytes(i), value => (byte)(value > 127 ? 1 : 0))))]));
        _context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(view).Dispose();

        Assert.Contains("bytes up to 1, expected 0 to 255", Assert.Single(RangeWarnings), StringComparison.Ordinal);
    }

    [Fact]
    public void B6_WhatIsAsExpectedIsNotTold()
    {
        Fit(options => { }, value => value);
        Fit(options => (options.Mean, options.StandardDeviation) = ([0], [1]), value => (value - 0.45f) / 0.5f);
        Fit(options => options.Scale = 1 / 255f, value => value * 255);

        Assert.Empty(RangeWarnings);
    }

    private string[] RangeWarnings => [.. _log.Warnings.Where(line => line.Contains("expected 0 to", StringComparison.Ordinal))];

    private void Told(Action<HdgeTrainer.Options> change, Func<float, float> value, params string[] words)
    {
        Fit(change, value);
        string warning = Assert.Single(RangeWarnings);
        Assert.All(words, word => Assert.Contains(word, warning, StringComparison.Ordinal));
    }

    private void Fit(Action<HdgeTrainer.Options> change, Func<float, float> value)
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        change(options);
        KeyedImage[] rows = KeyedImage.Many(30);
        rows[0].Features[0] = 0; // the smallest of all
        foreach (KeyedImage row in rows)
            row.Features = Array.ConvertAll(row.Features, pixel => value(pixel));
        _context.MulticlassClassification.Trainers.Hdge(options).Fit(_context.Data.LoadFromEnumerable(rows)).Dispose();
    }
}

using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Hdge.MLNet.Tests;

/// <summary>
/// A row without an image: left out of training, scored as black and never in distribution, and told. (An empty path comes so far only before the first image:
/// a later one ends in "Object is disposed" between ResizeImages and ExtractPixels of ML.NET 5.0.1. So most rows here are images in memory, or none.)
/// </summary>
public sealed class MissingImageTests
{
    private readonly MLContext _context = Trained.Context;
    private readonly Log _log;

    public MissingImageTests() => _log = new Log(_context);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B15_RowsWithoutAnImageAreLeftOutOfTrainingAndTold(bool asFloat)
    {
        using var with = Fit(Rows(40, gap: 4), asFloat);
        string warning = Assert.Single(_log.Warnings, line => line.Contains("missing", StringComparison.Ordinal));
        using var without = Fit(Rows(40, gap: 4).Where(row => row.Image is not null), asFloat);

        Assert.StartsWith("10 rows were left out: the image of their feature column 'Features' is missing.", warning, StringComparison.Ordinal);
        Assert.Contains(_log.Infos, line => line.Contains("Training on 30 images of 3x9x12", StringComparison.Ordinal));
        Assert.Equal(Score(without, Rows(12)).Select(row => row.LogDensity), Score(with, Rows(12)).Select(row => row.LogDensity));
    }

    [Fact]
    public void B15_NothingButMissingImagesIsRefused() => Assert.Contains(
        "the image of the feature column 'Features' is missing", Assert.Throws<InvalidDataException>(() => Fit(Rows(8, gap: 1))).Message, StringComparison.Ordinal);

    [Fact]
    public void B15_RowsWithoutAnImageAreScoredAsNotInDistributionAndCountedOnce()
    {
        using var model = Fit(Rows(40));
        Scored[] rows = Score(model, Rows(40, gap: 4));

        Assert.Equal(Enumerable.Range(0, 40).Where(row => row % 4 == 3), Enumerable.Range(0, 40).Where(row => rows[row].LogDensity == rows[3].LogDensity));
        Assert.All(Enumerable.Range(0, 40), row => Assert.True(row % 4 != 3 || !rows[row].IsInDistribution));
        Assert.All(rows, row => Assert.True(float.IsFinite(row.LogDensity) && row.Score.Length == 2));
        Assert.Contains("10 of 40 rows scored", Assert.Single(_log.Warnings, line => line.Contains("missing", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void B15_ABlackImageIsScoredByWhatItIs()
    {
        // Trained on black images among others, with a threshold that keeps all that are held out: black is in distribution, missing is not.
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Training = options.Training with { InDistributionRate = 1 };
        VBuffer<byte> black = new(64, new byte[64]), missing = new(64, 0, [], []);
        VBuffer<byte>[] images = [.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? black : new VBuffer<byte>(64, TinyImages.Bytes(i)))];
        var features = new VectorDataViewType(NumberDataViewType.Byte, 64);
        using HdgeTransformer model = _context.MulticlassClassification.Trainers.Hdge(options).Fit(new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 3), [.. Enumerable.Range(0, 60).Select(i => (uint)(i % 3) + 1)]),
            TableView.Column.Of("Features", features, images)));
        IDataView scored = model.Transform(new TableView(TableView.Column.Of("Features", features, [black, missing])));

        Assert.Equal([true, false], scored.GetColumn<bool>("IsInDistribution"));
        float[] densities = [.. scored.GetColumn<float>("LogDensity")];
        Assert.Equal(densities[0], densities[1]);
    }

    [Fact]
    public void B15_AnEngineTellsOfEmptyPathsOnce()
    {
        using var files = new ImageFiles();
        HdgeTrainer trainer = _context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions());
        using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(files.Pixels(_context)).Append(trainer).Fit(_context.Data.LoadFromEnumerable(files.Rows(40)));
        using var engine = _context.Model.CreatePredictionEngine<ImageFiles.PathRow, Scored>(model, new PredictionEngineOptions { OwnsTransformer = false });
        var none = new ImageFiles.PathRow();

        Assert.Equal([false, false, false], Enumerable.Range(0, 3).Select(_ => engine.Predict(none).IsInDistribution));
        Assert.Contains("never in distribution", Assert.Single(_log.Warnings, line => line.Contains("missing", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    // ML.NET disposes the images of a row once it has read them: new ones for every reader.
    private static IEnumerable<Row> Rows(int count, int gap = 0) => Enumerable.Range(0, count).Select(i => new Row
    {
        Label = i % 2 == 0 ? "red" : "blue",
        Image = gap > 0 && i % gap == gap - 1 ? null : Image(i),
    });

    private static MLImage Image(int number)
    {
        var random = new Random(number);
        var pixels = new byte[4 * ImageFiles.Width * ImageFiles.Height];
        random.NextBytes(pixels);
        for (int i = 0; i < pixels.Length; i += 4)
            (pixels[i + (number % 2 == 0 ? 0 : 2)], pixels[i + 3]) = (250, 255);
        return MLImage.CreateFromPixels(ImageFiles.Width, ImageFiles.Height, MLPixelFormat.Rgba32, pixels);
    }

    private TransformerChain<HdgeTransformer> Fit(IEnumerable<Row> rows, bool asFloat = false)
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        if (asFloat)
            options.Scale = 1 / 255f;
        return _context.Transforms.Conversion.MapValueToKey("Label")
            .Append(_context.Transforms.ExtractPixels("Features", "Image", outputAsFloatArray: asFloat))
            .Append(_context.MulticlassClassification.Trainers.Hdge(options))
            .Fit(_context.Data.LoadFromEnumerable(rows));
    }

    private Scored[] Score(TransformerChain<HdgeTransformer> model, IEnumerable<Row> rows) =>
        [.. _context.Data.CreateEnumerable<Scored>(model.Transform(_context.Data.LoadFromEnumerable(rows)), reuseRowObject: false)];

    private sealed class Row
    {
        public string Label { get; set; } = "";

        [ImageType(ImageFiles.Height, ImageFiles.Width)]
        public MLImage? Image { get; set; }
    }

    private sealed class Scored
    {
        public float[] Score { get; set; } = [];

        public float LogDensity { get; set; }

        public bool IsInDistribution { get; set; }
    }
}

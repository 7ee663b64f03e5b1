using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Hdge.MLNet.Tests;

/// <summary>Files that are no images, by every way into HDGE: told with path and reason, and either the end or passed over.</summary>
public sealed class DamagedImageTests : IDisposable
{
    private const int Images = 60;

    private readonly ColourFiles _files = new();
    private readonly MLContext _context = Trained.Context;
    private readonly Log _log;

    public DamagedImageTests() => _log = new Log(_context);

    public void Dispose() => _files.Dispose();

    public enum Way
    {
        Path,
        Image,
        Pixels,
    }

    [Theory]
    [InlineData(Way.Path, "the file is empty")]
    [InlineData(Way.Image, "Invalid input stream contents")]
    [InlineData(Way.Pixels, "Invalid input stream contents")]
    public void TheFirstOneStopsTraining(Way way, string reason)
    {
        PathRow[] rows = Rows();
        string message = Assert.Throws<InvalidDataException>(() => Chain(way, DamagedAction.Stop).Fit(_context.Data.LoadFromEnumerable(rows))).Message;
        Assert.All([rows[7].Path, reason, "in row 7", "SkipAndCount"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Way.Path)]
    [InlineData(Way.Image)]
    [InlineData(Way.Pixels)]
    public void AllAreLeftOutToldAndCounted(Way way)
    {
        PathRow[] rows = Rows();
        IDataView all = _context.Data.LoadFromEnumerable(rows);
        using var model = Chain(way, DamagedAction.SkipAndCount).Fit(all);
        int[] damaged = [.. Enumerable.Range(0, Images).Where(i => i % 10 == 7)];
        string[] told = [.. _log.Warnings.Where(line => line.StartsWith("Row ", StringComparison.Ordinal))];
        Assert.Equal(damaged.Length, told.Length);
        Assert.All(damaged.Zip(told), pair => Assert.Contains(rows[pair.First].Path, pair.Second, StringComparison.Ordinal));
        Assert.Contains(_log.Warnings, line => line.StartsWith($"{damaged.Length} of {Images} rows were left out", StringComparison.Ordinal));
        using var clean = Chain(way, DamagedAction.Stop).Fit(_context.Data.LoadFromEnumerable(rows.Where((_, i) => i % 10 != 7)));
        IDataView whole = _context.Data.LoadFromEnumerable(rows.Where((_, i) => i % 10 != 7));
        Assert.Equal(Trained.Rows(_context, clean.Transform(whole)).Select(row => row.LogDensity), Trained.Rows(_context, model.Transform(whole)).Select(row => row.LogDensity));

        // Scored as nothing, and never known.
        int before = _log.Warnings.Length;
        ScoredImage[] scored = Trained.Rows(_context, model.Transform(all));
        Assert.Equal(Images, scored.Length);
        Assert.All(damaged, i => Assert.False(scored[i].IsInDistribution));
        Assert.Single(damaged.Select(i => scored[i].LogDensity).Distinct());
        string[] later = _log.Warnings[before..];
        Assert.Equal(damaged.Length, later.Count(line => line.StartsWith("The image of the feature column", StringComparison.Ordinal)));
        Assert.Contains(later, line => line.Contains($"In {damaged.Length} of {Images} rows", StringComparison.Ordinal));
        if (way == Way.Path)
            Assert.All(damaged, i => Assert.Contains(later, line => line.Contains($"'{rows[i].Path}'", StringComparison.Ordinal)));

        using var engine = _context.Model.CreatePredictionEngine<PathRow, ScoredImage>(model);
        Assert.False(engine.Predict(rows[7]).IsInDistribution);
        Trained.AssertAlike(scored[8], engine.Predict(rows[8]));
    }

    [Fact]
    public void ScoringStopsAtThemWhereItIsToStop()
    {
        PathRow[] rows = Rows();
        using var model = Chain(Way.Path, DamagedAction.SkipAndCount).Fit(_context.Data.LoadFromEnumerable(rows));
        model.LastTransformer.Photos = model.LastTransformer.Photos with { Damaged = DamagedAction.Stop };
        using var engine = _context.Model.CreatePredictionEngine<PathRow, ScoredImage>(model, new PredictionEngineOptions { OwnsTransformer = false });
        string message = Assert.Throws<InvalidDataException>(() => engine.Predict(rows[17])).Message;
        Assert.All([rows[17].Path, "known format", "SkipAndCount"], part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.True(float.IsFinite(engine.Predict(rows[18]).LogDensity));

        // Only the row that is bad fails, not those around it.
        IDataView scored = model.Transform(_context.Data.LoadFromEnumerable(rows));
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["LogDensity"]]);
        ValueGetter<float> get = cursor.GetGetter<float>(scored.Schema["LogDensity"]);
        for (int row = 0; cursor.MoveNext(); row++)
        {
            float value = 0;
            if (row % 10 == 7)
                Assert.Contains($"row {row} ('{rows[row].Path}')", Assert.Throws<InvalidDataException>(() => get(ref value)).Message, StringComparison.Ordinal);
            else
                get(ref value);
        }
    }

    [Fact]
    public void NothingButDamagedImagesIsRefused()
    {
        PathRow[] rows = _files.Write(SKEncodedImageFormat.Png, 6);
        foreach (PathRow row in rows)
            File.WriteAllBytes(row.Path, []);
        Assert.Contains("in 6 it is damaged", Assert.Throws<InvalidDataException>(() =>
            Chain(Way.Path, DamagedAction.SkipAndCount).Fit(_context.Data.LoadFromEnumerable(rows))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyPathIsAMissingImage()
    {
        PathRow[] rows = _files.Write(SKEncodedImageFormat.Png, Images);
        rows[5].Path = rows[9].Path = "";
        using var model = Chain(Way.Path, DamagedAction.Stop).Fit(_context.Data.LoadFromEnumerable(rows));
        Assert.Contains(_log.Warnings, line => line.StartsWith("2 rows were left out: the image of their feature column 'Path' is missing.", StringComparison.Ordinal));
        ScoredImage[] scored = Trained.Rows(_context, model.Transform(_context.Data.LoadFromEnumerable(rows)));
        Assert.False(scored[5].IsInDistribution || scored[9].IsInDistribution);
    }

    /// <summary>Every tenth is empty or no image.</summary>
    private PathRow[] Rows()
    {
        PathRow[] rows = _files.Write(SKEncodedImageFormat.Png, Images);
        for (int i = 7; i < Images; i += 10)
            File.WriteAllBytes(rows[i].Path, i / 10 % 2 == 0 ? [] : "no image"u8.ToArray());
        return rows;
    }

    private EstimatorChain<HdgeTransformer> Chain(Way way, DamagedAction damaged)
    {
        HdgeTrainer.Options options = Trained.QuickOptions();
        (options.FeatureColumnName, options.ImageShape) = ($"{way}", new ImageShape(3, ColourFiles.Height, ColourFiles.Width));
        options.Photos = new PhotoOptions { Damaged = damaged };
        var keys = new EstimatorChain<ITransformer>().Append(_context.Transforms.Conversion.MapValueToKey("Label"));
        var trainer = _context.MulticlassClassification.Trainers.Hdge(options);
        var images = _context.Transforms.LoadImages("Image", null, "Path");
        return way switch
        {
            Way.Path => keys.Append(trainer),
            Way.Image => keys.Append(images).Append(trainer),
            _ => keys.Append(images).Append(_context.Transforms.ResizeImages("Image", ColourFiles.Width, ColourFiles.Height))
                .Append(_context.Transforms.ExtractPixels("Pixels", "Image", outputAsFloatArray: false)).Append(trainer),
        };
    }
}

using Hdge.Data;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Hdge.MLNet.Tests;

/// <summary>Columns of pictures (MLImage) and of paths, straight into HDGE.</summary>
public sealed class PictureColumnTests : IDisposable
{
    private const int Images = 60;
    private static readonly ImageShape s_shape = new(3, ColourFiles.Height, ColourFiles.Width);

    private readonly ColourFiles _files = new();
    private readonly MLContext _context = Trained.Context;
    private readonly Log _log;

    public PictureColumnTests() => _log = new Log(_context);

    public void Dispose() => _files.Dispose();

    public enum Column
    {
        Image,
        Path,
    }

    /// <summary>Files of the model's size give exactly the planes that they were made of, so the same model as those.</summary>
    [Theory]
    [InlineData(Column.Image)]
    [InlineData(Column.Path)]
    public void FilesOfTheShapeGiveTheModelOfTheirPlanes(Column column)
    {
        IDataView files = _context.Data.LoadFromEnumerable(_files.Write(SKEncodedImageFormat.Png, Images));
        IDataView planes = _context.Data.LoadFromEnumerable(Enumerable.Range(0, Images)
            .Select(number => new PlaneRow { Number = number, Label = number % 2 == 0 ? "right" : "down", Pixels = ColourFiles.Planes(number) }));
        using var fromFiles = Chain(column, Options(column)).Fit(files);
        HdgeTrainer.Options vectors = Options(column);
        vectors.FeatureColumnName = "Pixels";
        using var fromPlanes = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.Hdge(vectors)).Fit(planes);

        Assert.Equal(s_shape, fromFiles.LastTransformer.ImageShape);
        Assert.Equal(Trained.Rows(_context, fromPlanes.Transform(planes)).Select(row => row.LogDensity), Trained.Rows(_context, fromFiles.Transform(files)).Select(row => row.LogDensity));
        Assert.DoesNotContain(_log.Warnings, line => line.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Column.Image, SKEncodedImageFormat.Jpeg)]
    [InlineData(Column.Path, SKEncodedImageFormat.Png)]
    public void PicturesOfAnySizeAreResizedInFitInTransformAndInAnEngineAndModelZipRemembersIt(Column column, SKEncodedImageFormat format)
    {
        // Wider than the model's images: half of it is the bars that padding adds, or is stretched.
        PathRow[] rows = [.. _files.Write(format, Images, times: 3), .. _files.Write(format, Images, times: 2)];
        IDataView files = _context.Data.LoadFromEnumerable(rows);
        HdgeTrainer.Options options = Options(column, epochs: 8);
        options.ImageShape = new ImageShape(3, ColourFiles.Height, 2 * ColourFiles.Width);
        options.Photos = new PhotoOptions { Resizing = PhotoResizing.Pad, MostPixels = 5000 };
        using var model = Chain(column, options).Fit(files);
        ScoredImage[] expected = Trained.Rows(_context, model.Transform(files));
        using var saved = new MemoryStream();
        _context.Model.Save(model, files.Schema, saved);
        ITransformer loaded = new MLContext().Model.Load(saved, out DataViewSchema _);

        Assert.Equal(options.Photos, HdgeTransformer.From(loaded).Photos);
        Assert.Equal(options.ImageShape, HdgeTransformer.From(loaded).ImageShape);
        Assert.Equal(column == Column.Image ? new ImageDataViewType() : TextDataViewType.Instance, HdgeTransformer.From(loaded).FeatureColumnType);
        Assert.True(_context.MulticlassClassification.Evaluate(model.Transform(files)).MicroAccuracy > 0.8);
        ScoredImage[] again = Trained.Rows(_context, loaded.Transform(files));
        using PredictionEngine<PathRow, ScoredImage> engine = _context.Model.CreatePredictionEngine<PathRow, ScoredImage>(loaded);
        for (int i = 0; i < rows.Length; i++)
        {
            Trained.AssertAlike(expected[i], again[i]);
            if (i % 11 == 0)
                Trained.AssertAlike(expected[i], engine.Predict(new PathRow { Path = rows[i].Path }));
        }

        // The sizes differ, the picture is the same: so are the scores, but for what resizing loses.
        Assert.Equal(expected[0].LogDensity, expected[Images].LogDensity, 0.5f);
    }

    [Fact]
    public void AFolderOfClassesIsAllItTakes()
    {
        PathRow[] rows = _files.Write(SKEncodedImageFormat.Png, Images);
        string folder = Directory.CreateTempSubdirectory("hdge-classes-").FullName;
        try
        {
            foreach (PathRow row in rows)
                File.Copy(row.Path, System.IO.Path.Combine(Directory.CreateDirectory(System.IO.Path.Combine(folder, row.Label)).FullName, System.IO.Path.GetFileName(row.Path)));
            IDataView files = _context.Data.LoadImageFolder(folder);
            Assert.Equal(rows.Select(row => row.Label).Order(), files.GetColumn<string>("Label").Order());
            HdgeTrainer.Options options = Options(Column.Path, epochs: 3);
            options.FeatureColumnName = "ImagePath";
            options.Cache = ImageCache.Disk;
            options.CacheFolder = System.IO.Path.Combine(folder, "cache");
            using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.Hdge(options)).Fit(files);
            Assert.Contains(_log.Infos, line => line.Contains("kept in a file in", StringComparison.Ordinal));
            Assert.Empty(Directory.GetFiles(options.CacheFolder));
            options.Cache = ImageCache.Memory;
            using var inMemory = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.Hdge(options)).Fit(files);
            Assert.Equal(inMemory.Transform(files).GetColumn<float>("LogDensity"), model.Transform(files).GetColumn<float>("LogDensity"));
            options.CacheLimit = 1000;
            options.Cache = ImageCache.Disk;
            Assert.Contains("1000", Assert.Throws<IOException>(() => _context.Transforms.Conversion.MapValueToKey("Label")
                .Append(_context.MulticlassClassification.Trainers.Hdge(options)).Fit(files)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void NoMoreThanTwoPicturesAreOpenUnlessTheyAreAskedFor()
    {
        int alive = 0, most = 0;
        var open = new List<MLImage>();
        MLImage Make(int row)
        {
            open.RemoveAll(IsDisposed);
            var pixels = new byte[4 * 100 * 80];
            new Random(row).NextBytes(pixels);
            pixels.AsSpan(0, 4 * 100 * 40).Fill((byte)(row % 2 * 200));
            var image = MLImage.CreateFromPixels(100, 80, MLPixelFormat.Rgba32, pixels);
            open.Add(image);
            most = Math.Max(most, alive = open.Count);
            return image;
        }
        var view = new TableView(
            TableView.Column.Of("Label", new KeyDataViewType(typeof(uint), 2), [.. Enumerable.Range(0, Images).Select(i => (uint)(i % 2) + 1)]),
            TableView.Column.Made("Image", new ImageDataViewType(), Images, Make));
        using HdgeTransformer model = _context.MulticlassClassification.Trainers.Hdge(Options(Column.Image)).Fit(view);
        float[] densities = [.. model.Transform(view).GetColumn<float>("LogDensity")];
        Assert.Equal((Images, true), (densities.Length, most <= 2));

        // A reader of both gets both, of the same row; of pictures whose size nobody knows a window holds one.
        open.Clear();
        most = 0;
        IDataView scored = model.Transform(view);
        using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema.Where(column => column.Name is "Image" or "LogDensity"));
        ValueGetter<MLImage> getImage = cursor.GetGetter<MLImage>(scored.Schema["Image"]);
        ValueGetter<float> getDensity = cursor.GetGetter<float>(scored.Schema["LogDensity"]);
        MLImage? image = null;
        for (int row = 0; cursor.MoveNext(); row++)
        {
            float density = 0;
            getDensity(ref density);
            image?.Dispose();
            getImage(ref image!);
            Assert.Equal(densities[row], density, 1e-3f);
            Assert.Equal(row % 2 * 200, image.Pixels[0]);
        }
        Assert.True(most <= 3, $"{most} pictures were open at once");

        static bool IsDisposed(MLImage image)
        {
            try
            {
                return image.Width < 0;
            }
            catch (InvalidOperationException)
            {
                return true;
            }
        }
    }

    [Fact]
    public void AColumnOfPicturesOfOneSizeTellsTheShape()
    {
        IDataView files = _context.Data.LoadFromEnumerable(_files.Write(SKEncodedImageFormat.Png, Images, times: 2));
        HdgeTrainer.Options options = Options(Column.Image);
        options.ImageShape = null;
        using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.Transforms.LoadImages("Image", null, "Path"))
            .Append(_context.Transforms.ResizeImages("Image", 14, 9)).Append(_context.MulticlassClassification.Trainers.Hdge(options)).Fit(files);
        Assert.Equal(new ImageShape(3, 9, 14), model.LastTransformer.ImageShape);
    }

    [Theory]
    [InlineData(Column.Image)]
    [InlineData(Column.Path)]
    public void PicturesNeedOneOrThreeChannelsAndANetworkForImages(Column column)
    {
        IDataView files = _context.Data.LoadFromEnumerable(_files.Write(SKEncodedImageFormat.Png, 4));
        HdgeTrainer.Options options = Options(column);
        options.ImageShape = new ImageShape(2, 8, 8);
        Assert.Contains("expected 1 channel", Assert.Throws<ArgumentException>(() => Chain(column, options).Fit(files)).Message, StringComparison.Ordinal);
        options = Options(column);
        options.Training = options.Training with { Network = new Networks.FeatureNetworkOptions() };
        Assert.Contains($"feature column '{column}' has the type", Assert.Throws<ArgumentException>(() => Chain(column, options).Fit(files)).Message, StringComparison.Ordinal);
        options = Options(column);
        options.Photos = new() { MostPixels = 0 };
        Assert.Contains("MostPixels is 0", Assert.Throws<ArgumentOutOfRangeException>(() => Chain(column, options)).Message, StringComparison.Ordinal);
    }

    private static HdgeTrainer.Options Options(Column column, int epochs = 1)
    {
        HdgeTrainer.Options options = Trained.QuickOptions(epochs);
        (options.FeatureColumnName, options.ImageShape) = ($"{column}", s_shape);
        return options;
    }

    private EstimatorChain<HdgeTransformer> Chain(Column column, HdgeTrainer.Options options)
    {
        var keys = new EstimatorChain<ITransformer>().Append(_context.Transforms.Conversion.MapValueToKey("Label"));
        var trainer = _context.MulticlassClassification.Trainers.Hdge(options);
        return column == Column.Image ? keys.Append(_context.Transforms.LoadImages("Image", null, "Path")).Append(trainer) : keys.Append(trainer);
    }
}

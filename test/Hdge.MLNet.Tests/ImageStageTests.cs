using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Hdge.MLNet.Tests;

/// <summary>ML.NET's own image stages before HDGE: LoadImages → ResizeImages → ExtractPixels on files.</summary>
public sealed class ImageStageTests : IDisposable
{
    private const int Images = 60;

    private readonly ColourFiles _files = new();
    private readonly MLContext _context = Trained.Context;

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PngGivesExactlyTheRedGreenAndBluePlanes(bool asSingle)
    {
        IDataView pixels = Pixels(_files.Write(SKEncodedImageFormat.Png, 6), asSingle);

        Assert.Equal(new VectorDataViewType(asSingle ? NumberDataViewType.Single : NumberDataViewType.Byte, 3, ColourFiles.Height, ColourFiles.Width), pixels.Schema["Pixels"].Type);
        Assert.Equal(Enumerable.Range(0, 6).Select(ColourFiles.Planes), Rows(pixels, asSingle).Select(row => Array.ConvertAll(row, value => checked((byte)value))));
    }

    // Resizing interpolates, JPEG halves the resolution of colour. Two planes exchanged would differ by 18 and more, everywhere.
    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 3, true, 2)]
    [InlineData(SKEncodedImageFormat.Png, 3, false, 2)]
    [InlineData(SKEncodedImageFormat.Jpeg, 1, true, 12)]
    [InlineData(SKEncodedImageFormat.Jpeg, 1, false, 12)]
    public void ResizedOrJpegGivesThemToWithinTheLoss(SKEncodedImageFormat format, int times, bool asSingle, float loss)
    {
        float[][] rows = Rows(Pixels(_files.Write(format, 6, times), asSingle), asSingle);

        Assert.Equal(6, rows.Length);
        for (int number = 0; number < rows.Length; number++)
            Assert.All(ColourFiles.Planes(number).Zip(rows[number]), pair => Assert.Equal((float)pair.First, pair.Second, loss));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HdgeSeesThePlanes(bool asSingle)
    {
        IDataView files = _context.Data.LoadFromEnumerable(_files.Write(SKEncodedImageFormat.Png, Images));
        IDataView planes = _context.Data.LoadFromEnumerable(Enumerable.Range(0, Images)
            .Select(number => new PlaneRow { Number = number, Label = number % 2 == 0 ? "right" : "down", Pixels = ColourFiles.Planes(number) }));
        using var fromFiles = Chain(Stages(asSingle), asSingle).Fit(files);
        using var fromMemory = Chain(_context.Transforms.CopyColumns("Image", "Number"), asSingle: false).Fit(planes);

        ScoredImage[] expected = Trained.Rows(_context, fromMemory.Transform(planes)), actual = Trained.Rows(_context, fromFiles.Transform(files));

        Assert.Equal(new Hdge.Data.ImageShape(3, ColourFiles.Height, ColourFiles.Width), fromFiles.LastTransformer.ImageShape);
        Assert.True(_context.MulticlassClassification.Evaluate(fromFiles.Transform(files)).MicroAccuracy > 0.9);
        for (int i = 0; i < Images; i++)
            Trained.AssertAlike(expected[i], actual[i]);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, true)]
    [InlineData(SKEncodedImageFormat.Png, false)]
    [InlineData(SKEncodedImageFormat.Jpeg, true)]
    [InlineData(SKEncodedImageFormat.Jpeg, false)]
    public void APredictionEngineScoresAFileAsTheTableDoes(SKEncodedImageFormat format, bool asSingle)
    {
        PathRow[] rows = _files.Write(format, Images, times: 2);
        IDataView files = _context.Data.LoadFromEnumerable(rows);
        using var model = Chain(Stages(asSingle), asSingle).Fit(files);
        ScoredImage[] expected = Trained.Rows(_context, model.Transform(files));
        using var saved = new MemoryStream();
        _context.Model.Save(model, files.Schema, saved);
        using PredictionEngine<PathRow, ScoredImage> engine = _context.Model.CreatePredictionEngine<PathRow, ScoredImage>(_context.Model.Load(saved, out _));

        for (int i = 0; i < 8; i++)
            Trained.AssertAlike(expected[i], engine.Predict(new PathRow { Path = rows[i].Path }));
    }

    /// <summary>As a user writes them, every order of colours and dimensions left at its default.</summary>
    private EstimatorChain<Microsoft.ML.Transforms.Image.ImagePixelExtractingTransformer> Stages(bool asSingle) =>
        _context.Transforms.LoadImages("Image", imageFolder: null, inputColumnName: "Path")
            .Append(_context.Transforms.ResizeImages("Image", ColourFiles.Width, ColourFiles.Height))
            .Append(_context.Transforms.ExtractPixels("Pixels", "Image", outputAsFloatArray: asSingle));

    private IDataView Pixels(PathRow[] rows, bool asSingle)
    {
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        return Stages(asSingle).Fit(view).Transform(view);
    }

    private static float[][] Rows(IDataView pixels, bool asSingle) => asSingle
        ? [.. pixels.GetColumn<float[]>("Pixels")]
        : [.. pixels.GetColumn<byte[]>("Pixels").Select(row => Array.ConvertAll(row, value => (float)value))];

    private EstimatorChain<HdgeTransformer> Chain<T>(IEstimator<T> stages, bool asSingle)
        where T : class, ITransformer
    {
        HdgeTrainer.Options options = Trained.QuickOptions(epochs: 3);
        options.FeatureColumnName = "Pixels";
        if (asSingle)
            options.Scale = 1 / 255f;
        return new EstimatorChain<ITransformer>().Append(stages).Append(_context.Transforms.Conversion.MapValueToKey("Label")).Append(_context.MulticlassClassification.Trainers.Hdge(options));
    }
}

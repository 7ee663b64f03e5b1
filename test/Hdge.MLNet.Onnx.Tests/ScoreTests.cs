using Hdge.MLNet.Tests.Data;
using Hdge.Networks;
using Hdge.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>ml.Transforms.ScoreHdgeOnnx against the transformer that was exported.</summary>
public sealed class ScoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;
    private readonly MLContext _context = Trained.Context;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private HdgeOnnxTransformer Load(OnnxOptions? options = null) => _context.Transforms.ScoreHdgeOnnx(Trained.Save(_folder, options), threads: 1).Fit(Trained.View(1));

    [Fact]
    public void ScoresAndSchemaAreThoseOfTheExportedTransformer()
    {
        using var transformer = Load();
        IDataView test = Trained.View(300, 300);
        IDataView expected = Trained.Transformer.Transform(test), found = transformer.Transform(test);
        Scored.AssertSame(Scored.Of(_context, expected), Scored.Of(_context, found));
        Assert.Equal(Describe(expected.Schema), Describe(found.Schema));
        Assert.Equal(Trained.Transformer.ClassNames, transformer.ClassNames);
        Assert.Equal(300, Scored.Of(_context, found).Count(s => s.PredictionSet.Length == 3));
    }

    [Fact]
    public void AnEstimatorsOutlineIsTheSchemaItGives()
    {
        var estimator = _context.Transforms.ScoreHdgeOnnx(Trained.Save(_folder));
        SchemaShape shape = estimator.GetOutputSchema(Shape(Trained.View(1).Schema));
        DataViewSchema schema = estimator.Fit(Trained.View(1)).GetOutputSchema(Trained.View(1).Schema);
        Assert.Equal(schema.Select(c => c.Name), shape.Select(c => c.Name));
        Assert.Contains(shape.Single(c => c.Name == "PredictedLabel").Annotations, a => a.Name == "KeyValues");
        Assert.Contains(shape.Single(c => c.Name == "Score").Annotations, a => a.Name == "SlotNames");
    }

    [Fact]
    public void NothingIsComputedBeforeItIsAskedFor()
    {
        var transformer = Load();
        IDataView scored = transformer.Transform(Trained.View(20));
        using (var cursor = scored.GetRowCursor(scored.Schema.Where(c => c.Name == "Number")))
            Assert.True(cursor.MoveNext());
        using var lazy = scored.GetRowCursor(scored.Schema);
        Assert.True(lazy.MoveNext());
        var density = lazy.GetGetter<float>(scored.Schema["LogDensity"]);
        transformer.Dispose();
        float value = 0;
        Assert.Throws<ObjectDisposedException>(() => density(ref value));
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(Trained.View(1)));
    }

    [Fact]
    public async Task ManyThreadsScoreAtOnceAndDisposingWaitsForThem()
    {
        var transformer = Load();
        IDataView test = Trained.View(64, 300);
        Scored[] expected = Scored.Of(_context, transformer.Transform(test));
        Parallel.For(0, 8, _ => Scored.AssertSame(expected, Scored.Of(new MLContext(), transformer.Transform(test))));
        using var engine = _context.Model.CreatePredictionEngine<LabelledImage, Scored>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        Scored.AssertSame([expected[0]], [engine.Predict(TinyImages.Labelled(1, 300)[0])]);
        float[] pixels = [.. Enumerable.Range(0, 64).SelectMany(TinyImages.Singles)];
        Task[] tasks = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var own = new ScoreBatch(64, 3);
            Assert.Throws<ObjectDisposedException>((Action)(() =>
            {
                while (true)
                    transformer.Model.Score(pixels, 64, own);
            }));
        }))];
        await Task.Delay(50);
        transformer.Dispose();
        transformer.Dispose();
        await Task.WhenAll(tasks);
    }

    [Fact]
    public void BadRowsFailAloneAndDoubtfulOnesAreTold()
    {
        using var transformer = Load();
        LabelledImage[] rows = TinyImages.Labelled(3);
        rows[1].Features = [.. rows[1].Features.Select(_ => float.NaN)];
        rows[2].Features = [.. rows[2].Features.Select(f => f * 255)];
        var context = new MLContext();
        IDataView scored = transformer.Transform(context.Data.LoadFromEnumerable(rows));
        using var cursor = scored.GetRowCursor(scored.Schema);
        var (density, flag) = (cursor.GetGetter<float>(scored.Schema["LogDensity"]), cursor.GetGetter<bool>(scored.Schema["IsInDistribution"]));
        float value = 0;
        bool isIn = true;
        cursor.MoveNext();
        density(ref value);
        cursor.MoveNext();
        Assert.Contains("'Features' holds NaN or an infinite value in row 1", Assert.Throws<InvalidDataException>(() => density(ref value)).Message, StringComparison.Ordinal);
        cursor.MoveNext();
        flag(ref isIn);
        Assert.False(isIn);
        transformer.OutOfRange = OutOfRangeAction.Throw;
        Assert.Contains("HdgeOnnxTransformer.OutOfRange is Throw", Assert.Throws<InvalidDataException>(() => flag(ref isIn)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesAndSinglesScoreAlikeWhateverTheFileTakes()
    {
        IDataView bytes = _context.Data.LoadFromEnumerable(ByteImage.Many(40)), singles = Trained.View(40);
        Scored[] expected = Scored.Of(_context, Trained.Transformer.Transform(singles));
        using (var transformer = Load())
            Scored.AssertSame(expected, Scored.Of(_context, transformer.Transform(bytes)));
        using (var transformer = _context.Transforms.ScoreHdgeOnnx(Trained.Save(_folder, new() { Input = OnnxInput.Byte })).Fit(bytes))
        {
            Scored.AssertSame(expected, Scored.Of(_context, transformer.Transform(bytes)));
            Assert.Contains("export the model with OnnxInput.Single", Assert.Throws<ArgumentException>(() => transformer.Transform(singles)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ColumnsOfAnotherNameComeWithTheFile()
    {
        using var model = Models.Create("WRN, batch norm");
        using (var file = File.Create(Path.Combine(_folder, "bare.onnx")))
            model.SaveOnnx(file, new() { ClassNames = ["a", "b", "c"] });
        IDataView rows = _context.Data.LoadFromEnumerable(new[] { new Row { Pixels = Models.Singles(Models.Images(Models.Shape, 1, 3)) } });
        using var transformer = _context.Transforms.ScoreHdgeOnnx(new HdgeOnnxEstimator.Options { ModelFile = Path.Combine(_folder, "bare.onnx"), FeatureColumnName = "Pixels", CalibratedScoreColumnName = "Calm" }).Fit(rows);
        DataViewSchema schema = transformer.GetOutputSchema(rows.Schema);
        Assert.Equal(["Pixels", "PredictedLabel", "Score", "LogDensity", "Confidence", "IsInDistribution", "DetectionScore", "Calm"], schema.Select(c => c.Name));
        Assert.Equal(["a", "b", "c"], transformer.ClassNames);
        Assert.Contains("'Features' is missing", Assert.Throws<ArgumentException>(() => _context.Transforms.ScoreHdgeOnnx(Path.Combine(_folder, "bare.onnx")).Fit(rows)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ImageFilesAreScoredAsTheirValues()
    {
        using var model = new HdgeModel(new WideResNetOptions().Create(new(3, 9, 10), 3), new Hdge.Data.PixelScaling(), TorchSharp.torch.CPU);
        string onnx = Path.Combine(_folder, "photos.onnx"), photo = Path.Combine(_folder, "a.png");
        model.SaveOnnx(onnx, new() { Input = OnnxInput.Byte });
        using (var bitmap = new SKBitmap(new SKImageInfo(10, 9, SKColorType.Rgba8888, SKAlphaType.Opaque)))
        {
            for (int i = 0; i < 90; i++)
                bitmap.SetPixel(i % 10, i / 10, new SKColor((byte)(i * 2), (byte)(255 - i), (byte)(i * 37)));
            using var file = File.Create(photo);
            Assert.True(bitmap.Encode(file, SKEncodedImageFormat.Png, 100));
        }
        IDataView rows = _context.Data.LoadFromEnumerable(new[] { new PathRow { Features = photo }, new PathRow { Features = "" } });
        using var transformer = _context.Transforms.ScoreHdgeOnnx(onnx).Fit(rows);
        Scored[] found = [.. _context.Data.CreateEnumerable<Scored>(transformer.Transform(rows), false, ignoreMissingColumns: true)];
        byte[] pixels = [.. Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, 90).Select(i => (byte)(c == 0 ? i * 2 : c == 1 ? 255 - i : i * 37)))];
        var expected = new ScoreBatch(1, 3);
        model.Score(pixels, 1, expected);
        Scored.Close([expected.LogDensity[0], .. expected.Probabilities], [found[0].LogDensity, .. found[0].Score]);
        Assert.False(found[1].IsInDistribution); // no image
    }

    [Fact]
    public void ThePackageKnowsNeitherTensorsNorTheirPackages()
    {
        string[] known = [.. typeof(HdgeOnnxTransformer).Assembly.GetReferencedAssemblies().Select(a => a.Name!)];
        Assert.Contains("Hdge.Core", known);
        Assert.DoesNotContain(known, name => name is "Hdge" or "Hdge.MLNet" || name.StartsWith("TorchSharp", StringComparison.Ordinal));
    }

    [Fact]
    public void ConvertToOnnxRefusesWhatComesFromOnnx()
    {
        using var transformer = Load();
        using var file = new MemoryStream();
        Assert.Contains("an ONNX file already", Assert.Throws<NotSupportedException>(() => _context.Model.ConvertToOnnx(transformer, Trained.View(1), file)).Message, StringComparison.Ordinal);
    }

    // As ML.NET makes one of data; it lets nobody else.
    private static SchemaShape Shape(DataViewSchema schema) =>
        (SchemaShape)typeof(SchemaShape).GetMethod("Create", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.Invoke(null, [schema])!;

    private sealed class PathRow
    {
        public string Features { get; set; } = "";
    }

    private sealed class Row
    {
        [VectorType(2, 9, 10)]
        public float[] Pixels { get; set; } = [];
    }

    /// <summary>Columns with types and annotations, all values of those included.</summary>
    private static string[] Describe(DataViewSchema schema) => [.. schema.Select(c => $"{c.Name} {c.Type}: {string.Join(", ", c.Annotations.Schema.Select(a => $"{a.Name} {a.Type} {Value(c, a)}"))}")];

    private static string Value(DataViewSchema.Column column, DataViewSchema.Column annotation)
    {
        if (annotation.Type.RawType == typeof(VBuffer<ReadOnlyMemory<char>>))
        {
            VBuffer<ReadOnlyMemory<char>> texts = default;
            column.Annotations.GetValue(annotation.Name, ref texts);
            return string.Join("|", texts.DenseValues());
        }
        if (annotation.Type.RawType == typeof(ReadOnlyMemory<char>))
        {
            ReadOnlyMemory<char> text = default;
            column.Annotations.GetValue(annotation.Name, ref text);
            return $"{text}";
        }
        return "";
    }
}

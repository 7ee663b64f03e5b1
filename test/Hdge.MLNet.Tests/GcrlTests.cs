using System.Text.Json;
using Hdge.Data;
using Hdge.Detection;
using Hdge.MLNet.Tests.Data;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Representations without labels as a transform of ML.NET.</summary>
public sealed class GcrlTests : IDisposable
{
    private static readonly Lazy<GcrlTransformer> s_shared = new(() => new MLContext(seed: 1).Transforms.Gcrl(Quick()).Fit(Unlabelled(new MLContext(), 120)));

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"gcrl-{Guid.NewGuid():N}.zip");

    private static GcrlTransformer Transformer => s_shared.Value;

    public void Dispose() => File.Delete(_file);

    private static GcrlEstimator.Options Quick() => new()
    {
        Training = TrainingPresets.GcrlFast with
        {
            Network = new PixelTransformerOptions { Colors = 8, Width = 16, Heads = 2, Blocks = 2, Reduction = 2 },
            Augmentation = new AugmentationOptions { CropPadding = 1, SecondView = new ViewAugmentationOptions { HorizontalFlip = false } },
            Epochs = 4,
            BatchSize = 16,
            WarmUpSteps = 5,
        },
        Device = "cpu",
    };

    private sealed class PlainImage
    {
        [VectorType(TinyImages.Length)]
        public float[] Features { get; set; } = [];
    }

    // No column of labels at all.
    private static IDataView Unlabelled(MLContext context, int count, Func<int, float[]>? image = null) =>
        context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(number => new PlainImage { Features = (image ?? TinyImages.Singles)(number) }));

    private static RepresentedImage[] Rows(IDataView represented) => [.. new MLContext().Data.CreateEnumerable<RepresentedImage>(represented, reuseRowObject: false)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pictures_and_paths_are_read_as_their_planes_and_a_zip_remembers_it(bool paths)
    {
        var context = new MLContext(seed: 1);
        using var files = new ColourFiles();
        var shape = new ImageShape(3, ColourFiles.Height, ColourFiles.Width);
        PathRow[] rows = files.Write(SkiaSharp.SKEncodedImageFormat.Png, 40);
        IDataView data = context.Data.LoadFromEnumerable(rows), planes = context.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(number => new PlaneRow { Number = number, Pixels = ColourFiles.Planes(number) }));
        if (!paths)
            data = context.Transforms.LoadImages("Image", null, "Path").Fit(data).Transform(data);
        using var fromFiles = context.Transforms.Gcrl(Of(paths ? "Path" : "Image")).Fit(data);
        using var fromPlanes = context.Transforms.Gcrl(Of("Pixels")).Fit(planes);
        RepresentedImage[] expected = Rows(fromPlanes.Transform(planes)), found = Rows(fromFiles.Transform(data));
        Assert.Equal(expected.Select(row => row.LogLikelihood), found.Select(row => row.LogLikelihood));
        Assert.Equal(expected.Select(row => row.Representation), found.Select(row => row.Representation));

        context.Model.Save(fromFiles, data.Schema, _file);
        using var loaded = (GcrlTransformer)new MLContext().Model.Load(_file, out _);
        Assert.Equal((DamagedAction.SkipAndCount, OutOfRangeAction.Throw), (loaded.Photos.Damaged, loaded.OutOfRange));
        Assert.Equal(expected.Select(row => row.LogLikelihood), Rows(loaded.Transform(data)).Select(row => row.LogLikelihood));
        var outline = context.Transforms.Gcrl(Of(paths ? "Path" : "Image")).GetOutputSchema(OutputSchemaTests.Shape(data.Schema));
        Assert.Equal(loaded.GetOutputSchema(data.Schema).Select(column => column.Name), outline.Select(column => column.Name));

        if (!paths)
            return;
        File.WriteAllText(rows[3].Path, "damaged");
        RepresentedImage[] damaged = Rows(loaded.Transform(data));
        Assert.False(damaged[3].IsInDistribution);
        Assert.Equal(expected[4].LogLikelihood, damaged[4].LogLikelihood);
        loaded.Photos = new PhotoOptions { Damaged = DamagedAction.Stop };
        Assert.Contains("row 3", Assert.Throws<InvalidDataException>(() => Rows(loaded.Transform(data))).Message, StringComparison.Ordinal);

        GcrlEstimator.Options Of(string column)
        {
            var options = Quick();
            (options.InputColumnName, options.ImageShape, options.Photos, options.OutOfRange) = (column, shape, new PhotoOptions { Damaged = DamagedAction.SkipAndCount }, OutOfRangeAction.Throw);
            options.Training = options.Training with { Epochs = 1 };
            return options;
        }
    }

    [Fact]
    public void A_stock_trainer_learns_from_representations()
    {
        var context = new MLContext(seed: 1);
        var pipeline = context.Transforms.Gcrl(Quick())
            .Append(context.Transforms.NormalizeMeanVariance("Representation"))
            .Append(context.Transforms.Conversion.MapValueToKey("Label"))
            .Append(context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Representation"));
        using var model = pipeline.Fit(Trained.View(context, 150));
        double accuracy = context.MulticlassClassification.Evaluate(model.Transform(Trained.View(context, 90, first: 1000))).MicroAccuracy;
        Assert.True(accuracy > 0.5, $"accuracy {accuracy} of three classes");
    }

    [Fact]
    public void Comes_back_in_a_fresh_process_of_stock_calls()
    {
        var context = new MLContext(seed: 1);
        IDataView view = Trained.View(context, 40);
        context.Model.Save(Transformer, view.Schema, _file);
        var report = SaveLoadTests.LoadElsewhere<Report>(_file, 40);
        Assert.Equal(typeof(GcrlTransformer).FullName, report.Type);
        RepresentedImage[] here = Rows(Transformer.Transform(view));
        Assert.Equal(JsonSerializer.Serialize(here), JsonSerializer.Serialize(report.Scored));
        Assert.Equal(here[0].LogLikelihood, report.Alone.LogLikelihood, 1e-4f * Math.Abs(here[0].LogLikelihood));
        for (int i = 0; i < 16; i++)
            Assert.Equal(here[0].Representation[i], report.Alone.Representation[i], 1e-4f);
    }

    private sealed record Report(string Type, RepresentedImage[] Scored, RepresentedImage Alone);

    [Fact]
    public void Nothing_is_computed_that_nobody_asks_for()
    {
        TableView table = Tables.Of(100);
        GcrlTransformer transformer = new MLContext(seed: 1).Transforms.Gcrl(Quick()).Fit(Unlabelled(new MLContext(), 60));
        IDataView represented = transformer.Transform(table);
        using (DataViewRowCursor plain = represented.GetRowCursor([represented.Schema["Number"]]))
            while (plain.MoveNext())
                continue;
        Assert.Equal(0, table.Pulls("Features"));

        using DataViewRowCursor cursor = represented.GetRowCursor(represented.Schema);
        ValueGetter<float> likelihood = cursor.GetGetter<float>(represented.Schema["LogLikelihood"]);
        ValueGetter<int> number = cursor.GetGetter<int>(represented.Schema["Number"]);
        transformer.Dispose(); // a forward pass would fail
        int value = 0;
        for (int row = 0; row < 40; row++)
        {
            Assert.True(cursor.MoveNext());
            number(ref value);
            Assert.Equal(row, value);
        }
        float score = 0;
        Assert.Throws<ObjectDisposedException>(() => likelihood(ref score));
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(table));
    }

    [Fact]
    public void The_schema_is_what_was_announced()
    {
        var context = new MLContext(seed: 1);
        GcrlEstimator.Options options = Quick();
        options.DetectionScoreColumnName = "Score";
        options.DetectionScore = DetectionScore.ComplexityCorrected;
        IDataView view = Unlabelled(context, 60);
        GcrlEstimator estimator = context.Transforms.Gcrl(options);
        using GcrlTransformer transformer = estimator.Fit(view);
        DataViewSchema schema = transformer.GetOutputSchema(view.Schema);
        Assert.Equal(["Features", "Representation", "LogLikelihood", "IsInDistribution", "Score"], schema.Select(column => column.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 16), schema["Representation"].Type);
        Assert.Equal(schema.Select(column => column.Name), estimator.GetOutputSchema(OutputSchemaTests.Shape(view.Schema)).Select(column => column.Name));
        Assert.Equal(DetectionScore.ComplexityCorrected, transformer.Model.Decision.Score);
        float[] scores = [.. transformer.Transform(view).GetColumn<float>("Score")];
        Assert.All(scores.Zip(transformer.Transform(view).GetColumn<bool>("IsInDistribution")), pair => Assert.Equal(transformer.Model.Decision.Keeps(pair.First), pair.Second));
    }

    [Fact]
    public void Bytes_are_represented_as_the_same_in_singles()
    {
        var context = new MLContext(seed: 1);
        IDataView bytes = context.Data.LoadFromEnumerable(ByteImage.Many(20));
        IDataView singles = Unlabelled(context, 20, number => [.. ByteImage.Many(20).ElementAt(number).Features.Select(value => value / 255f)]);
        float[] first = [.. Transformer.Transform(bytes).GetColumn<float>("LogLikelihood")], second = [.. Transformer.Transform(singles).GetColumn<float>("LogLikelihood")];
        Assert.Equal(first, second);
    }

    [Fact]
    public void Bad_rows_and_options_are_refused()
    {
        var context = new MLContext(seed: 1);
        float[] Broken(int number) => [.. TinyImages.Singles(number).Select((value, i) => number == 5 && i == 7 ? float.NaN : value)];
        IDataView broken = Unlabelled(context, 20, Broken);
        Assert.Contains("row 5", Assert.Throws<InvalidDataException>(() => context.Transforms.Gcrl(Quick()).Fit(broken)).Message, StringComparison.Ordinal);

        IDataView represented = Transformer.Transform(broken);
        using DataViewRowCursor cursor = represented.GetRowCursor(represented.Schema);
        ValueGetter<float> get = cursor.GetGetter<float>(represented.Schema["LogLikelihood"]);
        float value = 0;
        for (int row = 0; row < 5 && cursor.MoveNext(); row++)
            get(ref value); // rows around the bad one are fine
        Assert.True(cursor.MoveNext());
        Assert.Contains("row 5", Assert.Throws<InvalidDataException>(() => get(ref value)).Message, StringComparison.Ordinal);
        Assert.True(cursor.MoveNext());
        get(ref value);

        Assert.Contains("Reduction is 4", Refused(o => o.Training = o.Training with { Network = new PixelTransformerOptions { Reduction = 4 } }, new ImageShape(1, 2, 32)), StringComparison.Ordinal);
        Assert.Contains("needs labels", Refused(o => o.Training = o.Training with { Objective = new InBatchOptions() }), StringComparison.Ordinal);
        Assert.Contains("needs classes", Refused(o => o.DetectionScore = DetectionScore.Energy), StringComparison.Ordinal);
        Assert.Contains("expected each once", Refused(o => o.LogLikelihoodColumnName = "Representation"), StringComparison.Ordinal);
        Assert.Contains("'Nothing' is missing", Refused(o => o.InputColumnName = "Nothing"), StringComparison.Ordinal);

        string Refused(Action<GcrlEstimator.Options> change, ImageShape? shape = null)
        {
            GcrlEstimator.Options options = Quick();
            options.ImageShape = shape;
            change(options);
            return Assert.ThrowsAny<ArgumentException>(() => context.Transforms.Gcrl(options).Fit(Unlabelled(context, 20))).Message;
        }
    }

    [Fact]
    public void Progress_is_in_the_log_and_the_short_way_has_its_epochs()
    {
        var context = new MLContext(seed: 1);
        var log = new Log(context);
        GcrlEstimator estimator = context.Transforms.Gcrl("Representation", "Features", new ImageShape(1, 8, 8), epochs: 1);
        using GcrlTransformer transformer = estimator.Fit(Unlabelled(context, 30));
        Assert.Contains(log.Infos, line => line.Contains("pixel transformer of 4 blocks", StringComparison.Ordinal) && !line.Contains("classes", StringComparison.Ordinal));
        Assert.Contains(log.Infos, line => line.Contains("epoch 1/1", StringComparison.Ordinal) && line.Contains("density", StringComparison.Ordinal) && line.Contains("contrastive", StringComparison.Ordinal));
        Assert.Equal(("Features", "Representation"), (transformer.FeatureColumnName, transformer.OutputColumnName));
    }
}

using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>model.zip, in this process and in one that makes stock calls only.</summary>
public sealed class SaveLoadTests : IDisposable
{
    private const int Rows = 40;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"hdge-{Guid.NewGuid():N}.zip");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void ComesBackWithTheSameScores()
    {
        MLContext context = Trained.Context;
        IDataView view = Trained.View(context, Rows);
        context.Model.Save(Trained.Model, view.Schema, _file);

        using var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(_file, out DataViewSchema schema);

        HdgeTransformer model = Assert.IsType<HdgeTransformer>(loaded.LastTransformer);
        Assert.Equal(view.Schema.Count, schema.Count);
        Assert.Equal("Features", model.FeatureColumnName);
        Assert.Equal(Trained.Transformer.FeatureColumnType, model.FeatureColumnType);
        Assert.Equal(Trained.Transformer.ClassNames, model.ClassNames);
        AssertSame(Trained.Rows(context, Trained.Model.Transform(view)), Trained.Rows(context, loaded.Transform(view)));
    }

    [Fact]
    public void ComesBackInAFreshProcessOfStockCalls()
    {
        MLContext context = Trained.Context;
        IDataView view = Trained.View(context, Rows);
        context.Model.Save(Trained.Model, view.Schema, _file);
        ScoredImage[] expected = Trained.Rows(context, Trained.Model.Transform(view));

        Report report = LoadElsewhere();

        Assert.Equal(typeof(HdgeTransformer).FullName, report.Type);
        AssertSame(expected, report.Scored);
        Trained.AssertAlike(expected[0], report.Alone);
    }

    [Fact]
    public void ALoneTransformerIsSavedToo()
    {
        MLContext context = Trained.Context;
        IDataView view = Trained.View(context, Rows);
        context.Model.Save(Trained.Transformer, view.Schema, _file);

        Report report = LoadElsewhere();

        Assert.Equal(typeof(HdgeTransformer).FullName, report.Type);
        AssertSame(Trained.Rows(context, Trained.Transformer.Transform(view)), report.Scored);
    }

    [Fact]
    public void ACalibratorComesBackInAFreshProcessToo()
    {
        MLContext context = Trained.Context;
        IDataView view = Trained.View(context, Rows);
        var calibrated = Trained.Model.Append(context.MulticlassClassification.Calibrators.Isotonic().Fit(Trained.Model.Transform(Trained.View(context, 60, first: 400))));
        context.Model.Save(calibrated, view.Schema, _file);

        Report report = LoadElsewhere();

        Assert.Equal(typeof(MulticlassCalibratorTransformer).FullName, report.Type);
        AssertSame(Trained.Rows(context, calibrated.Transform(view)), report.Scored);
    }

    [Fact]
    public void ThresholdAndCalibrationComeBack()
    {
        using HdgeTransformer loaded = SaveAndLoad(Trained.Transformer, Trained.View(Trained.Context, 1).Schema);

        Assert.Equal(Trained.Transformer.Model.Temperature, loaded.Model.Temperature);
        Assert.Equal(Trained.Transformer.Model.Decision, loaded.Model.Decision);
        Assert.Equal(Trained.Transformer.ImageShape, loaded.ImageShape);
    }

    [Fact]
    public void KeyValuesOfNumbersComeBack()
    {
        MLContext context = Trained.Context;
        IDataView view = context.Data.LoadFromEnumerable(NumberedImage.Many(60));
        IDataView mapped = context.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        using HdgeTransformer model = context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(mapped);
        using HdgeTransformer loaded = SaveAndLoad(model, view.Schema);
        DataViewSchema schema = loaded.GetOutputSchema(view.Schema);
        VBuffer<double> values = default;
        schema["PredictedLabel"].Annotations.GetValue("KeyValues", ref values);

        Assert.Equal([-7.0, 0.1 - 7, 0.2 - 7], values.DenseValues());
        Assert.Null(schema["Score"].Annotations.Schema.GetColumnOrNull("SlotNames"));
        Assert.NotNull(schema["Score"].Annotations.Schema.GetColumnOrNull("TrainingLabelValues"));
    }

    [Fact]
    public void KeysWithoutValuesComeBack()
    {
        MLContext context = Trained.Context;
        IDataView view = context.Data.LoadFromEnumerable(KeyedImage.Many(60));
        using HdgeTransformer model = context.MulticlassClassification.Trainers.Hdge(Trained.QuickOptions()).Fit(view);
        using HdgeTransformer loaded = SaveAndLoad(model, view.Schema);

        Assert.Null(loaded.GetOutputSchema(view.Schema)["PredictedLabel"].Annotations.Schema.GetColumnOrNull("KeyValues"));
        Assert.Equal(["0", "1", "2"], loaded.ClassNames);
    }

    [Fact]
    public void ByteFeaturesAndColumnNamesComeBack()
    {
        MLContext context = Trained.Context;
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.ScoreColumnName = "Probabilities";
        IDataView view = context.Data.LoadFromEnumerable(ByteImage.Many(60));
        IDataView mapped = context.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        using HdgeTransformer model = context.MulticlassClassification.Trainers.Hdge(options).Fit(mapped);
        using HdgeTransformer loaded = SaveAndLoad(model, view.Schema);

        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, 64), loaded.FeatureColumnType);
        Assert.NotNull(loaded.GetOutputSchema(view.Schema).GetColumnOrNull("Probabilities"));
    }

    [Fact]
    public void ADamagedFileIsRefused()
    {
        MLContext context = Trained.Context;
        context.Model.Save(Trained.Transformer, Trained.View(context, 1).Schema, _file);
        using (ZipArchive zip = ZipFile.Open(_file, ZipArchiveMode.Update))
            Assert.Single(zip.Entries, entry => entry.FullName.EndsWith("Model.hdge", StringComparison.Ordinal)).Delete();

        Exception refusal = Assert.ThrowsAny<Exception>(() => context.Model.Load(_file, out _));
        Assert.Contains("Model.hdge", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ADisposedTransformerIsNotSaved()
    {
        HdgeTransformer transformer = Trained.Fit(Trained.Context, Trained.QuickOptions()).LastTransformer;
        transformer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Trained.Context.Model.Save(transformer, null, _file));
    }

    private static void AssertSame(ScoredImage[] expected, ScoredImage[] actual) => Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));

    private HdgeTransformer SaveAndLoad(HdgeTransformer transformer, DataViewSchema schema)
    {
        MLContext context = Trained.Context;
        context.Model.Save(transformer, schema, _file);
        ITransformer loaded = context.Model.Load(_file, out _);
        return Assert.IsType<HdgeTransformer>((loaded as IEnumerable<ITransformer>)?.Single() ?? loaded);
    }

    private Report LoadElsewhere() => LoadElsewhere<Report>(_file, Rows);

    /// <summary>What a process that makes stock calls only prints of a model and the first rows.</summary>
    internal static T LoadElsewhere<T>(string file, int rows)
    {
        string app = typeof(SaveLoadTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "LoadApp").Value!;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { "exec", app, file, $"{rows}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{output}{errors.Result}");
        return JsonSerializer.Deserialize<T>(output)!;
    }

    private sealed record Report(string Type, ScoredImage[] Scored, ScoredImage Alone);
}

using Hdge.Data;
using Hdge.Networks;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>HDGE on columns of a table, in a stock pipeline.</summary>
public class FeatureVectorTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly List<string> _warnings = [];

    public FeatureVectorTests() => _context.Log += (_, log) =>
    {
        if (log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
            _warnings.Add(log.Message);
    };

    [Fact]
    public void ATableTrainsAndScoresAsWithAStockTrainer()
    {
        IDataView train = Table(900, 1), test = Table(600, 2);
        var before = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.Transforms.Concatenate("Features", "A", "B", "C")).Append(_context.Transforms.NormalizeMeanVariance("Features"));
        double stock = Accuracy(before.Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy()).Fit(train), test);
        using var model = before.Append(_context.MulticlassClassification.Trainers.Hdge(Options(new() { Hidden = [32] }))).Fit(train);
        double ours = Accuracy(model, test);
        Assert.True(ours > stock - 0.02, $"{ours} against {stock}");
        Assert.DoesNotContain(_warnings, w => w.Contains("column", StringComparison.Ordinal)); // neither of shapes nor of pixels

        bool[] known = [.. model.Transform(test).GetColumn<bool>("IsInDistribution")];
        Assert.True(known.Count(yes => yes) > 0.85 * known.Length);
        var far = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new Row { A = 400 + i, B = -900, C = 2, Label = "a" }));
        Assert.DoesNotContain(true, model.Transform(far).GetColumn<bool>("IsInDistribution"));
        bool[][] sets = [.. model.Transform(test).GetColumn<bool[]>("Set")];
        Assert.True(sets.Average(set => set.Count(yes => yes)) is >= 0.9 and < 2.5);
    }

    [Fact]
    public void ASavedPipelineScoresTheSameAlsoRowByRow()
    {
        IDataView train = Table(300, 1), test = Table(40, 2);
        using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.Transforms.Concatenate("Features", "A", "B", "C"))
            .Append(_context.MulticlassClassification.Trainers.Hdge(Options(new()))).Fit(train);
        using var file = new MemoryStream();
        _context.Model.Save(model, train.Schema, file);
        file.Position = 0;
        ITransformer loaded = _context.Model.Load(file, out _);
        float[] expected = [.. model.Transform(test).GetColumn<float>("LogDensity")];
        Assert.Equal(expected, loaded.Transform(test).GetColumn<float>("LogDensity"));
        using var engine = _context.Model.CreatePredictionEngine<Row, Answer>(loaded); // disposes of the model
        float[] single = [.. Draw(40, 2).Select(row => engine.Predict(row).LogDensity)];
        for (int i = 0; i < single.Length; i++)
            Assert.Equal(expected[i], single[i], 1e-3);
    }

    [Fact]
    public void ASparseRowWithoutAValueIsARowOfZeros()
    {
        var random = new Random(1);
        Sparse[] rows = [.. Enumerable.Range(0, 100).Select(i => new Sparse
        {
            Features = i % 2 == 0 ? new VBuffer<float>(4, 0, [], []) : new VBuffer<float>(4, 1, [1 + random.NextSingle()], [i % 4]),
            Label = i % 2 == 0 ? "none" : "some",
        })];
        IDataView view = _context.Data.LoadFromEnumerable(rows);
        using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.Hdge(Options(new() { Hidden = [8] }))).Fit(view);
        Assert.True(Accuracy(model, view) > 0.9);
        Assert.True(model.Transform(view).GetColumn<bool>("IsInDistribution").Where((_, i) => i % 2 == 0).Count(yes => yes) > 40);
        Assert.DoesNotContain(_warnings, w => w.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public void TinyValuesAreKeptAsTheyAre()
    {
        IDataView view = _context.Data.LoadFromEnumerable(Draw(300, 1).Select(row => new Row { A = row.A * 1e-9f, B = row.B * 1e-9f, C = row.C * 1e-9f, Label = row.Label })); // all of them 0 if they were taken for k/255
        using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.Transforms.Concatenate("Features", "A", "B", "C"))
            .Append(_context.MulticlassClassification.Trainers.Hdge(Options(new()))).Fit(view);
        Assert.True(Accuracy(model, view) > 0.8);
    }

    [Fact]
    public void WhatIsNoVectorOfSingleIsRefused()
    {
        IDataView view = Table(20, 1), bytes = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new Bytes { Features = [(byte)i, 2, 3], Label = i % 2 == 0 ? "a" : "b" }));
        var error = Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.Hdge(Options(new()))).Fit(bytes));
        Assert.Contains("ConvertType", error.Message, StringComparison.Ordinal);
        HdgeTrainer.Options shaped = Options(new());
        shaped.ImageShape = new ImageShape(1, 1, 3);
        var singles = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.Transforms.Concatenate("Features", "A", "B", "C"));
        error = Assert.ThrowsAny<ArgumentException>(() => singles.Append(_context.MulticlassClassification.Trainers.Hdge(shaped)).Fit(view));
        Assert.Contains("'Features' has 3 values a row", error.Message, StringComparison.Ordinal);
    }

    private static HdgeTrainer.Options Options(FeatureNetworkOptions network) => new()
    {
        PredictionSetColumnName = "Set",
        Epochs = 25,
        ValidationFraction = 0.2,
        Training = new() { Network = network, BatchSize = 32, LearningRate = 0.01, Device = "cpu" },
    };

    private double Accuracy(ITransformer model, IDataView data) => _context.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy;

    private IDataView Table(int count, int seed) => _context.Data.LoadFromEnumerable(Draw(count, seed));

    // Three classes that overlap, in columns of the sizes 10, 100 and 1.
    private static Row[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => (i % 3) switch
        {
            0 => new Row { A = 10 + 4 * Normal(), B = 100 + 40 * Normal(), C = Normal(), Label = "a" },
            1 => new Row { A = 20 + 4 * Normal(), B = 100 + 40 * Normal(), C = 2 + Normal(), Label = "b" },
            _ => new Row { A = 15 + 4 * Normal(), B = 250 + 40 * Normal(), C = Normal(), Label = "c" },
        })];

        float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    private sealed class Row
    {
        public float A { get; set; }
        public float B { get; set; }
        public float C { get; set; }
        public string Label { get; set; } = "";
    }

    private sealed class Sparse
    {
        [VectorType(4)]
        public VBuffer<float> Features { get; set; }
        public string Label { get; set; } = "";
    }

    private sealed class Bytes
    {
        [VectorType(3)]
        public byte[] Features { get; set; } = [];
        public string Label { get; set; } = "";
    }

    private sealed class Answer
    {
        public float LogDensity { get; set; }
    }
}

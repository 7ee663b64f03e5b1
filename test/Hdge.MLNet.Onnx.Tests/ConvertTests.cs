using Hdge.Calibration;
using Hdge.MLNet.Tests.Data;
using Hdge.Networks;
using Hdge.Onnx;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>ml.Model.ConvertToOnnx and ml.Transforms.ApplyOnnxModel, both ML.NET's own (trials B1).</summary>
public sealed class ConvertTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;
    private readonly MLContext _context = Trained.Context;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class Applied
    {
        [VectorType(1)]
        public uint[] PredictedLabel { get; set; } = [];

        public float[] Score { get; set; } = [];

        [VectorType(1)]
        public float[] LogDensity { get; set; } = [];

        [VectorType(1)]
        public float[] Confidence { get; set; } = [];

        [VectorType(1)]
        public bool[] IsInDistribution { get; set; } = [];

        [VectorType(1)]
        public float[] DetectionScore { get; set; } = [];

        public float[] CalibratedScore { get; set; } = [];

        public Scored ToScored() => new()
        {
            PredictedLabel = PredictedLabel[0],
            Score = Score,
            LogDensity = LogDensity[0],
            Confidence = Confidence[0],
            IsInDistribution = IsInDistribution[0],
            DetectionScore = DetectionScore[0],
            CalibratedScore = CalibratedScore,
        };
    }

    private string Convert(ITransformer model, IDataView data)
    {
        string path = Path.Combine(_folder, "pipeline.onnx");
        using (var file = File.Create(path))
            _context.Model.ConvertToOnnx(model, data, file);
        return path;
    }

    private IDataView Apply(string path, IDataView data) => _context.Transforms.ApplyOnnxModel(path).Fit(data).Transform(data);

    [Fact]
    public void B1_APipelineIsConvertedWhole()
    {
        var model = Trained.Model.Append(_context.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel").Fit(Trained.Model.Transform(Trained.View(10))));
        IDataView test = Trained.View(60, 300);
        IDataView applied = Apply(Convert(model, Trained.View(4)), test);
        Scored.AssertSame(Scored.Of(_context, Trained.Model.Transform(test)), [.. _context.Data.CreateEnumerable<Applied>(applied, false).Select(a => a.ToScored())]);
        string[] names = [.. model.Transform(test).GetColumn<string>("Name")], converted = [.. applied.GetColumn<ReadOnlyMemory<char>[]>("Name").Select(n => n[0].ToString())];
        Assert.Equal(names, converted);
    }

    [Fact]
    public void AReloadedModelOfBytesIsConvertedToo()
    {
        using var stream = new MemoryStream();
        _context.Model.Save(Trained.Transformer, Trained.View(1).Schema, stream);
        stream.Position = 0;
        ITransformer loaded = _context.Model.Load(stream, out _);
        IDataView bytes = _context.Data.LoadFromEnumerable(ByteImage.Many(40));
        Scored[] expected = Scored.Of(_context, loaded.Transform(bytes));
        Scored.AssertSame(expected, [.. _context.Data.CreateEnumerable<Applied>(Apply(Convert(loaded, bytes), bytes), false).Select(a => a.ToScored())]);
    }

    [Fact]
    public void WhatSaveOnnxWritesCanBeAppliedAndNamesItsClasses()
    {
        IDataView test = Trained.View(40, 300);
        IDataView applied = Apply(Trained.Save(_folder), test);
        Scored.AssertSame(Scored.Of(_context, Trained.Model.Transform(test)), [.. _context.Data.CreateEnumerable<Applied>(applied, false).Select(a => a.ToScored())]);
        VBuffer<ReadOnlyMemory<char>> names = default;
        applied.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(Trained.Transformer.ClassNames, names.DenseValues().Select(n => n.ToString()));
    }

    [Theory]
    [InlineData(OnnxInput.Single)]
    [InlineData(OnnxInput.Byte)]
    public void TheFileOfARepresentationCanBeApplied(OnnxInput input)
    {
        var bare = _context.Data.LoadFromEnumerable(TinyImages.Labelled(80).Select(i => new Bare { Features = i.Features }));
        using var transformer = _context.Transforms.Gcrl(new GcrlEstimator.Options
        {
            Training = TrainingPresets.GcrlFast with
            {
                Network = new PixelTransformerOptions { Colors = 6, Width = 12, Heads = 3, Blocks = 3 },
                Augmentation = new Hdge.Data.AugmentationOptions { CropPadding = 1, SecondView = new Hdge.Data.ViewAugmentationOptions { HorizontalFlip = false } },
                Epochs = 2,
                BatchSize = 16,
                WarmUpSteps = 2,
            },
            Device = "cpu",
            DetectionScoreColumnName = "DetectionScore",
        }).Fit(bare);
        string path = Path.Combine(_folder, "gcrl.onnx");
        transformer.Model.SaveOnnx(path, new OnnxOptions { Input = input });
        float[][] images = [.. TinyImages.Labelled(30, 300).Select(i => i.Features)];
        IDataView rows = _context.Data.LoadFromEnumerable(images.Select(f => new Bare { Features = f }));
        IDataView fed = input == OnnxInput.Single ? rows : _context.Data.LoadFromEnumerable(images.Select(f => new Bytes { Features = [.. f.Select(v => (byte)Math.Round(v * 255))] }));
        IDataView represented = transformer.Transform(fed);
        RepresentedImage[] expected = [.. _context.Data.CreateEnumerable<RepresentedImage>(represented, false, ignoreMissingColumns: true)];
        IDataView applied = Apply(path, fed);
        Scored.Close([.. expected.SelectMany(e => e.Representation)], [.. applied.GetColumn<float[]>("Representation").SelectMany(r => r)]);
        Scored.Close([.. expected.Select(e => e.LogLikelihood)], [.. applied.GetColumn<float[]>("LogLikelihood").Select(l => l[0])]);
        Scored.Close([.. represented.GetColumn<float>("DetectionScore")], [.. applied.GetColumn<float[]>("DetectionScore").Select(d => d[0])]);
        Assert.Equal(expected.Select(e => e.IsInDistribution), applied.GetColumn<bool[]>("IsInDistribution").Select(k => k[0]));
    }

    [Fact]
    public void B1_AStepThatHasNoGraphIsNamed()
    {
        var custom = _context.Transforms.CustomMapping<LabelledImage, Halved>((from, to) => to.Features = [.. from.Features.Select(f => f / 2)], contractName: null).Fit(Trained.View(1));
        var model = custom.Append(Trained.Transformer);
        using var file = new MemoryStream();
        var error = Assert.Throws<NotSupportedException>(() => _context.Model.ConvertToOnnx(model, Trained.View(4), file));
        Assert.Contains("the step CustomMappingTransformer ", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }

    [Fact]
    public void AnEnsembleIsRefused()
    {
        var options = new HdgeTrainer.Options { Members = 2, Training = new() { Epochs = 1, BatchSize = 16, ValidationFraction = 0.2 } };
        using var model = _context.Transforms.Conversion.MapValueToKey("Label").Append(_context.MulticlassClassification.Trainers.Hdge(options)).Fit(Trained.View(60));
        using var file = new MemoryStream();
        Assert.Contains("ensemble of 2", Assert.Throws<NotSupportedException>(() => _context.Model.ConvertToOnnx(model, Trained.View(4), file)).Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }

    [Fact]
    public void B1_ImageStagesAreNamed()
    {
        IDataView paths = _context.Data.LoadFromEnumerable(new[] { new PathRow { Path = "" } });
        var stages = _context.Transforms.LoadImages("Image", _folder, "Path").Append(_context.Transforms.ResizeImages("Image", 8, 8))
            .Append(_context.Transforms.ExtractPixels("Features", "Image", colorsToExtract: Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator.ColorBits.Red)).Fit(paths);
        using var file = new MemoryStream();
        var error = Assert.Throws<NotSupportedException>(() => _context.Model.ConvertToOnnx(stages.Append(Trained.Transformer), paths, file));
        Assert.Contains("ImagePixelExtractingTransformer", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public void OldOperatorsAreRefusedByMLNetAndNewerOnesDo(int opset)
    {
        using var file = new MemoryStream();
        void Write() => _context.Model.ConvertToOnnx(Trained.Model, Trained.View(4), opset, file);
        if (opset == 9)
            Assert.Contains("HdgeTransformer", Assert.Throws<ArgumentOutOfRangeException>(Write).Message, StringComparison.Ordinal);
        else
            Write();
    }

    [Theory]
    [InlineData("isotonic", false)]
    [InlineData("matrix", true)]
    [InlineData("temperature", true)]
    public void ACalibratorIsConverted(string method, bool logits)
    {
        IDataView keyed = _context.Transforms.Conversion.MapValueToKey("Label").Fit(Trained.View(300)).Transform(Trained.View(300));
        var linear = _context.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit(keyed);
        var calibrator = _context.MulticlassClassification.Calibrators.Of(new MulticlassCalibratorEstimator.Options
        {
            Method = CalibrationMethod.Parse(method),
            ScoreKind = logits ? ScoreKind.Logits : ScoreKind.Probabilities,
            PredictedLabelColumnName = "PredictedLabel",
        }).Fit(linear.Transform(keyed));
        var model = linear.Append(calibrator);
        IDataView rows = _context.Data.LoadFromEnumerable(TinyImages.Labelled(60, 300).Select(i => new Bare { Features = i.Features }));
        Plain[] expected = [.. _context.Data.CreateEnumerable<Plain>(model.Transform(rows), false)];
        var applied = Apply(Convert(model, rows), rows);
        float[][] scores = [.. applied.GetColumn<float[]>("Score")];
        uint[][] predicted = [.. applied.GetColumn<uint[]>("PredictedLabel")];
        for (int i = 0; i < expected.Length; i++)
        {
            Scored.Close(expected[i].Score, scores[i]);
            Assert.Equal(expected[i].PredictedLabel, predicted[i][0]);
        }
    }

    private sealed class Halved
    {
        [VectorType(TinyImages.Length)]
        public float[] Features { get; set; } = [];
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = "";
    }

    private sealed class Bare
    {
        [VectorType(TinyImages.Length)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Bytes
    {
        [VectorType(TinyImages.Length)]
        public byte[] Features { get; set; } = [];
    }

    private sealed class Plain
    {
        public float[] Score { get; set; } = [];

        [KeyType(3)]
        public uint PredictedLabel { get; set; }
    }
}

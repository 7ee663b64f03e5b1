using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Hdge.Fuzz;
using Hdge.Training;

namespace Hdge.Tests;

public sealed class ModelTests : IClassFixture<ModelTests.Trained>
{
    public sealed class Trained : IDisposable
    {
        public HdgeModel Model { get; } = ModelTrainer.Train(SmallImages.Patterns(120), SmallImages.Quick);

        public byte[] File
        {
            get
            {
                using var stream = new MemoryStream();
                Model.Save(stream);
                return stream.ToArray();
            }
        }

        public void Dispose() => Model.Dispose();
    }

    private readonly Trained _trained;
    private readonly ImageSet _images = SmallImages.Patterns(40, seed: 9);

    public ModelTests(Trained trained) => _trained = trained;

    private HdgeModel Model => _trained.Model;

    [Fact]
    public void ScoresFollowFromTheLogits()
    {
        float[] logits = Model.Logits(_images);
        var scores = Model.Score(_images);
        for (int i = 0; i < _images.Count; i++)
        {
            double[] row = [.. logits[(i * 3)..(i * 3 + 3)].Select(f => (double)f)];
            double sum = row.Sum(Math.Exp), calibrated = row.Sum(f => Math.Exp(f / Model.Temperature));
            for (int c = 0; c < 3; c++)
                Assert.Equal(Math.Exp(row[c]) / sum, scores.Probabilities[i * 3 + c], 1e-6);
            Assert.Equal(Math.Log(sum), scores.LogDensity[i], 1e-5);
            Assert.Equal(Math.Exp(row.Max() / Model.Temperature) / calibrated, scores.Confidence[i], 1e-6);
            Assert.Equal(Array.IndexOf(row, row.Max()), scores.PredictedClass[i]);
            Assert.Equal(scores.LogDensity[i] >= Model.Decision.Lower && scores.LogDensity[i] <= Model.Decision.Upper, scores.IsInDistribution[i]);
        }
    }

    [Fact]
    public void BytesAndFloatingPointImagesScoreAlikeInBatchesOfAnySize()
    {
        byte[] bytes = _images.Bytes(0, 40).ToArray();
        float[] singles = [.. bytes.Select(b => b / 255f)];
        var (a, b, one) = (new ScoreBatch(40, 3), new ScoreBatch(64, 3), new ScoreBatch(1, 3));
        Model.Score(bytes, 40, a);
        Model.Score(singles, 40, b);
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(a.LogDensity[i], b.LogDensity[i], 1e-4f);
            Model.Score(bytes.AsSpan(i * 64, 64), 1, one);
            Assert.Equal(a.LogDensity[i], one.LogDensity[0], 1e-4f);
            Assert.Equal(a.PredictedClass[i], one.PredictedClass[0]);
        }
    }

    [Fact]
    public void BadInputIsRefused()
    {
        var scores = new ScoreBatch(2, 3);
        float[] pixels = new float[128];
        Assert.Contains("128", Assert.Throws<ArgumentException>(() => Model.Score(pixels.AsSpan(1), 2, scores)).Message, StringComparison.Ordinal);
        Assert.Contains("room for 2", Assert.Throws<ArgumentException>(() => Model.Score(new float[192], 3, scores)).Message, StringComparison.Ordinal);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            pixels[127] = bad;
            Assert.Contains("Image 1", Assert.Throws<ArgumentException>(() => Model.Score(pixels, 2, scores)).Message, StringComparison.Ordinal);
        }
        Assert.Contains("1x8x8", Assert.Throws<ArgumentException>(() => Model.Score(SmallImages.Fashion(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralThreadsScoreAtOnce()
    {
        byte[] bytes = _images.Bytes(0, 40).ToArray();
        var expected = new ScoreBatch(40, 3);
        Model.Score(bytes, 40, expected);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var scores = new ScoreBatch(40, 3);
            Model.Score(bytes, 40, scores);
            Assert.Equal(expected.LogDensity, scores.LogDensity);
        });
    }

    [Fact]
    public void ALoadedModelScoresTheSame()
    {
        string path = Path.GetTempFileName();
        try
        {
            Model.Save(path);
            using var loaded = HdgeModel.Load(path, "cpu");
            Assert.Equal(Model.Logits(_images), loaded.Logits(_images));
            Assert.Equal((Model.Temperature, Model.Decision, Model.InputShape, Model.ClassCount), (loaded.Temperature, loaded.Decision, loaded.InputShape, loaded.ClassCount));
            Assert.Equal(Model.NetworkOptions, loaded.NetworkOptions);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void WeightsAreSafetensorsAsTheFormatSays()
    {
        using var zip = new ZipArchive(new MemoryStream(_trained.File));
        using var stream = zip.GetEntry("weights.safetensors")!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        byte[] data = copy.ToArray();
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(data);
        using var json = JsonDocument.Parse(data.AsMemory(8, header));
        var bias = json.RootElement.GetProperty("linear.bias");
        Assert.Equal("F32", bias.GetProperty("dtype").GetString());
        Assert.Equal(3, bias.GetProperty("shape")[0].GetInt32());
        int at = 8 + header + bias.GetProperty("data_offsets")[0].GetInt32();
        float[] expected = Model.Network.state_dict()["linear.bias"].data<float>().ToArray();
        Assert.Equal(expected, Enumerable.Range(0, 3).Select(i => BinaryPrimitives.ReadSingleLittleEndian(data.AsSpan(at + 4 * i))));
        Assert.Equal(0, header % 8);
    }

    [Fact]
    public void DamagedFilesAreRefusedBeforeMemoryIsTaken()
    {
        byte[] file = _trained.File;
        Refused([], "cut off");
        Refused(file[..(file.Length / 2)], "cut off");
        Refused(new byte[1000], "no model file");
        Refused(Rewrite("manifest.json", text => text.Replace("\"FormatVersion\": 1", "\"FormatVersion\": 3", StringComparison.Ordinal)), "FormatVersion is 3");
        Refused(Rewrite("model.json", text => text.Replace("\"WideResNet\"", "\"NarrowNet\"", StringComparison.Ordinal)), "damaged");
        Refused(Rewrite("model.json", text => text.Replace("\"Kind\": \"WideResNet\",", "", StringComparison.Ordinal)), "damaged");
        Refused(Rewrite("model.json", text => text.Replace("\"Width\": 1", "\"Width\": 64", StringComparison.Ordinal)), "expected F32 [");
        Refused(Rewrite("model.json", text => text.Replace("\"ClassCount\": 3", "\"ClassCount\": 2000000000", StringComparison.Ordinal)), "linear");
        Refused(Rewrite("model.json", text => text.Replace("\"EpochKept\": ", "\"EpochKept\": 9", StringComparison.Ordinal)), "tell of epoch 9");
        Refused(Rewrite("model.json", text => text.Replace("\"TrainingImages\": [", "\"TrainingImages\": [ -1,", StringComparison.Ordinal)), "TrainingImages, expected one count");
        Refused(Rewrite("model.json", _ => "{"), "damaged");
        Refused(Rewrite("model.json", text => text.Replace("\"Decision\"", "\"Warmth\"", StringComparison.Ordinal)), "damaged");
        Refused(Rewrite("weights.safetensors", text => text.Replace("conv1.bias", "conv9.bias", StringComparison.Ordinal)), "conv1.bias");
        Refused(Rewrite("weights.safetensors", text => text.Replace("\"F32\"", "\"F16\"", StringComparison.Ordinal)), "F16");
        Refused(Rewrite("weights.safetensors", text => text[..^100]), "claims the bytes");
        Refused(Rewrite("weights.safetensors", text => "\0\0\0\u0010" + text[4..]), "header claims");
        Refused(Rewrite("weights.safetensors", _ => null), "no 'weights.safetensors'");
        Refused(Rewrite("calibration.json", _ => "{"), "calibration.json is damaged");
        Refused(Rewrite("calibration.json", _ => "{}"), "'Calibrator'");
        Refused(Rewrite("calibration.json", text => text.Replace("\"temperature\"", "\"warmth\"", StringComparison.Ordinal)), "The calibration method 'warmth' is not registered in this program");
        Refused(Rewrite("calibration.json", text => text.Replace("\"ClassCount\":3", "\"ClassCount\":4", StringComparison.Ordinal)), "is for 4 classes, the model has 3");

        void Refused(byte[] damaged, string says)
        {
            var error = Assert.Throws<InvalidDataException>(() => HdgeModel.Load(new MemoryStream(damaged), "cpu"));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
        }

        byte[] Rewrite(string name, Func<string, string?> change) => ModelParts.Change(file, name, change);
    }

    [Fact]
    public void ADisposedModelSaysSo()
    {
        using var stream = new MemoryStream(_trained.File);
        var model = HdgeModel.Load(stream, "cpu");
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Score(_images));
    }
}

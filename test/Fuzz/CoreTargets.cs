using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Persistence;
using Hdge.Pretraining;
using Hdge.Training;
using static TorchSharp.torch;

namespace Hdge.Fuzz;

/// <summary>The files that Hdge itself reads.</summary>
internal static class CoreTargets
{
    private static readonly ImageShape s_shape = new(1, 8, 8);
    private static readonly byte[] s_probe = [.. Enumerable.Range(0, 5 * 64).Select(i => (byte)(i * 37))];

    /// <param name="folder">Takes files while they are read.</param>
    public static IEnumerable<(FuzzTarget Target, int Share)> All(string folder)
    {
        byte[] model = Model(1, CalibrationMethod.Temperature), other = Model(2, CalibrationMethod.Isotonic);
        var (parts, otherParts) = (ModelParts.Read(model), ModelParts.Read(other));
        string[] scores = [Scores(model), Scores(other)];
        yield return (new("model file", m => m.Bytes(model, other), Scores, scores), 6);
        yield return (new("model file's entries", m => ModelParts.Write(m.Entries(parts, otherParts), honest: false), Scores, scores), 2);
        // With the right hashes other scores are no lie, but what comes must still be finite, or refused.
        yield return (new("model file, signed", m => ModelParts.Write(m.Entries(parts, otherParts)), Scores, null), 4);

        string path = Path.Combine(folder, "fuzz.checkpoint");
        var (early, late) = Checkpoints(path);
        string[] states = [State(early), State(late)];
        yield return (new("checkpoint", m => m.Bytes(late, early), State, states), 2);
        yield return (new("checkpoint, signed", m => Signed(m.Bytes(late[32..], early[32..])), State, null), 2);

        byte[] weights = parts["weights.safetensors"];
        yield return (new("safetensors", m => m.Bytes(weights, otherParts["weights.safetensors"]), Tensors, null), 2);

        byte[] onnx = Onnx(weights);
        yield return (new("ONNX", m => m.Bytes(onnx, weights), file => $"{new OnnxInitializers(file).Nodes.Count}", null), 2);

        byte[] idx = [0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 8, 0, 0, 0, 8, .. Enumerable.Range(0, 1280).Select(i => (byte)i)];
        yield return (new("IDX", m => m.Bytes(idx, weights), file => Images(file, f => IdxReader.Read(f, null)), null), 1);
        yield return (new("IDX, gzip", m => m.Bytes(Gzip(idx), weights), file => Images(file, f => IdxReader.Read(f, null)), null), 1);
        byte[] cifar = [.. Enumerable.Range(0, 3 * 3073).Select(i => (byte)(i % 3073 == 0 ? 1 : i))];
        yield return (new("CIFAR", m => m.Bytes(cifar, weights), file => Images(file, f => CifarReader.Read([f])), null), 1);
        yield return (new("CIFAR, gzip", m => m.Bytes(Gzip(cifar), weights), file => Images(file, f => CifarReader.Read([f], 0, 0)), null), 1);

        string Images(byte[] file, Func<string, ImageSet> read)
        {
            string name = Path.Combine(folder, "fuzz.images");
            File.WriteAllBytes(name, file);
            return $"{read(name).Count}";
        }

        string State(byte[] file)
        {
            File.WriteAllBytes(path, file);
            var (description, tensors) = Checkpoint.Read(path);
            string answer = $"{description.Epoch} {string.Join(" ", tensors.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key} {Convert.ToHexString(SHA256.HashData(t.Value.bytes))}"))}";
            foreach (var tensor in tensors.Values)
                tensor.Dispose();
            return answer;
        }
    }

    /// <summary>A model with every kind of detector, calibrated, not trained.</summary>
    public static byte[] Model(int seed, CalibrationMethod calibration)
    {
        using var model = new HdgeModel(new WideResNetOptions().Create(s_shape, 3, seed), new PixelScaling(), CPU);
        var images = Images(60, seed);
        model.Calibrate(images, method: calibration, predictionSets: new());
        model.FitDetectors(images, images, new DetectionOptions { Score = DetectionScore.Vim, Also = DetectorRegistry.GradientFree });
        using var file = new MemoryStream();
        model.Save(file);
        return file.ToArray();
    }

    private static (byte[] Early, byte[] Late) Checkpoints(string path)
    {
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 16,
            Device = "cpu",
            Objective = new MemoryBankOptions { BankSize = 50 },
            Network = new WideResNetOptions(),
            Checkpoint = new CheckpointOptions { Path = path },
        };
        ModelTrainer.Train(Images(30, 1), options).Dispose();
        byte[] early = File.ReadAllBytes(CheckpointFiles.Previous(path)), late = File.ReadAllBytes(path);
        File.Delete(CheckpointFiles.Previous(path));
        return (early, late);
    }

    private static ImageSet Images(int count, int seed)
    {
        var pixels = new byte[count * s_shape.Length];
        new Random(seed).NextBytes(pixels);
        return ImageSet.FromBytes(s_shape, pixels, [.. Enumerable.Range(0, count).Select(i => i % 3)], 3);
    }

    /// <summary>Loads and scores.</summary>
    private static string Scores(byte[] file)
    {
        using var model = HdgeModel.Load(new MemoryStream(file), "cpu");
        if (model.InputShape != s_shape)
            return $"{model.InputShape}";
        var scores = new ScoreBatch(5, model.ClassCount);
        model.Score(s_probe, 5, scores);
        if (!scores.Probabilities.All(float.IsFinite) || !scores.Confidence.All(float.IsFinite))
            return "not finite";
        return string.Join(" ", scores.CalibratedProbabilities.Concat(scores.DetectionScore).Select(BitConverter.SingleToInt32Bits)) + string.Join(" ", scores.IsInDistribution);
    }

    private static string Tensors(byte[] file)
    {
        var tensors = Safetensors.ReadAll(new MemoryStream(file), file.Length, "data");
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
        return $"{tensors.Count}";
    }

    /// <summary>A graph of a node (Conv of x and w) and its initialiser w [n], as onnx.proto numbers their fields.</summary>
    private static byte[] Onnx(byte[] values)
    {
        byte[] data = values[..(4 * 300)];
        foreach (int i in Enumerable.Range(0, 300))
            data[4 * i + 3] &= 0x3F; // finite
        return Field(7, [.. Field(1, [.. Field(1, "x"u8.ToArray()), .. Field(1, "w"u8.ToArray()), .. Field(2, "y"u8.ToArray()), .. Field(4, "Conv"u8.ToArray())]),
            .. Field(5, [0x08, 0xAC, 0x02, 0x10, 0x01, .. Field(8, "w"u8.ToArray()), .. Field(9, data)])]);

        static byte[] Field(int number, byte[] content) => [(byte)(number << 3 | 2), (byte)(content.Length & 0x7F | 0x80), (byte)(content.Length >> 7), .. content];
    }

    private static byte[] Signed(byte[] rest) => [.. SHA256.HashData(rest), .. rest];

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }
}

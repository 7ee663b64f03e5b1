using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hdge.Fuzz;
using Hdge.MLNet.Tests.Data;
using Hdge.Onnx;
using Microsoft.ML;

namespace Hdge.MLNet.Onnx.Tests;

/// <summary>ONNX files that are damaged or made up, and model.zip with one inside.</summary>
public sealed class FileTests : IDisposable
{
    private const int Mutations = 500; // of each of four kinds

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void DamagedFilesAreRefusedOrGiveTheSame()
    {
        byte[] file = Small("features, batch norm"), other = Small("WRN, batch norm");
        string[] answers = [Answer(file), Answer(other)];
        int signature = OnnxFile.Signature(new byte[SHA256.HashSizeInBytes]).Length;
        FuzzTarget[] targets =
        [
            new("ONNX file", m => m.Bytes(file, other), Answer, answers),
            new("ONNX file of images", m => m.Bytes(other, file), Answer, answers),
            // With the right hash other scores are no lie, but what comes must be finite, or refused.
            new("ONNX file, signed", m => Signed(m.Bytes(file[..^signature], other[..^signature])), Answer, null),
            new("ONNX file of images, signed", m => Signed(m.Bytes(other[..^signature], file[..^signature])), Answer, null),
        ];
        foreach (var target in targets)
        {
            var counts = FuzzCounts.Run(target, Mutations, firstSeed: 1);
            Assert.True(counts.Bad.Count == 0, string.Join("\n", counts.Bad));
            Assert.Equal(counts.Mutations, counts.Refused + counts.Same);
            Assert.True(counts.Refused > counts.Mutations / 4, $"{target.Name}: only {counts.Refused} of {counts.Mutations} were refused.");
        }
    }

    [Fact]
    public void ForeignAndCraftedFilesAreRefusedByName()
    {
        byte[] file = Small("WRN, batch norm");
        Refused([], "no description");
        Refused("not a protobuf at all"u8.ToArray(), "no ONNX file");
        Refused(file[..^1], "damaged");
        Refused([.. file, 0], "damaged");
        var plain = new OnnxFileSink(17);
        plain.Input("x", typeof(float), -1, 2);
        using (var written = new MemoryStream())
        {
            plain.Write(written, "somebody");
            Refused(written.ToArray(), "ApplyOnnxModel");
        }
        Refused(Crafted(file, "LeakyRelu", "DeepThing"), "a node is 'DeepThing'");
        string path = Path.Combine(_folder, "bad.onnx");
        File.WriteAllBytes(path, file[..100]);
        Assert.Contains($"'{path}'", Assert.Throws<InvalidDataException>(() => HdgeOnnxModel.Load(path)).Message, StringComparison.Ordinal);
        Assert.Contains($"'{path}'", Assert.Throws<InvalidDataException>(() => new MLContext().Transforms.ScoreHdgeOnnx(path)).Message, StringComparison.Ordinal);

        static void Refused(byte[] file, string says) => Assert.Contains(says, Assert.Throws<InvalidDataException>(() => HdgeOnnxModel.Load(new MemoryStream(file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConstantsOutsideTheFileAreRefused()
    {
        // TensorProto: external_data (13) and data_location (14) in place of the data.
        byte[] tensor = new ProtoWriter().Number(1, 1).Number(2, 1).Text(8, "secret").Message(13, e => e.Text(1, "location").Text(2, "/etc/passwd")).Number(14, 1).Bytes.ToArray();
        byte[] file = Small("features, linear");
        int signature = OnnxFile.Signature(new byte[SHA256.HashSizeInBytes]).Length;
        byte[] graph = new ProtoWriter().Content(OnnxFile.GraphInitializer, tensor).Bytes.ToArray();
        byte[] changed = [.. file[..^signature], .. new ProtoWriter().Content(OnnxFile.ModelGraph, graph).Bytes];
        Assert.Contains("a constant has a field 13", Assert.Throws<InvalidDataException>(() => HdgeOnnxModel.Load(new MemoryStream(Signed(changed)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AModelZipScoresInAProcessWithoutLibtorch()
    {
        string zip = Path.Combine(_folder, "model.zip"), app = typeof(FileTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "OnnxApp").Value!;
        var context = new MLContext();
        var model = context.Transforms.ScoreHdgeOnnx(Trained.Save(_folder), threads: 1).Fit(Trained.View(1));
        context.Model.Save(model, Trained.View(1).Schema, zip);
        Scored[] expected = Scored.Of(context, Trained.Transformer.Transform(Trained.View(30, 400)));
        var start = new ProcessStartInfo("dotnet", [app, zip, "30", "400"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(typeof(HdgeOnnxTransformer).FullName, json.RootElement.GetProperty("Type").GetString());
        ScoredImage[] found = json.RootElement.GetProperty("Scored").Deserialize<ScoredImage[]>()!;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal((expected[i].PredictedLabel, expected[i].IsInDistribution), (found[i].PredictedLabel, found[i].IsInDistribution));
            Scored.Close([expected[i].LogDensity, expected[i].Confidence, .. expected[i].Score], [found[i].LogDensity, found[i].Confidence, .. found[i].Score]);
        }
        string[] files = [.. Directory.GetFiles(Path.GetDirectoryName(app)!, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f).ToLowerInvariant())];
        Assert.Contains(files, f => f.Contains("onnxruntime", StringComparison.Ordinal));
        Assert.DoesNotContain(files, f => f.Contains("torch", StringComparison.Ordinal) || f is "hdge.dll" or "hdge.mlnet.dll");
    }

    [Fact]
    public void ModelZipKeepsSettingsAndRefusesDamage()
    {
        var context = new MLContext();
        var model = context.Transforms.ScoreHdgeOnnx(new HdgeOnnxEstimator.Options { ModelFile = Trained.Save(_folder), OutOfRange = OutOfRangeAction.Throw, Session = new() { Threads = 1 } }).Fit(Trained.View(1));
        using var stream = new MemoryStream();
        context.Model.Save(model, Trained.View(1).Schema, stream);
        var loaded = Assert.IsType<HdgeOnnxTransformer>(context.Model.Load(new MemoryStream(stream.ToArray()), out _));
        Assert.Equal((OutOfRangeAction.Throw, "Features"), (loaded.OutOfRange, loaded.FeatureColumnName));
        Scored.AssertSame(Scored.Of(context, model.Transform(Trained.View(20))), Scored.Of(context, loaded.Transform(Trained.View(20))));
        loaded.Dispose();
        var parts = ModelParts.Read(stream.ToArray());
        string name = parts.Keys.Single(key => key.EndsWith("Model.onnx", StringComparison.Ordinal));
        parts[name][parts[name].Length / 2] ^= 1;
        var error = Assert.Throws<TargetInvocationException>(() => context.Model.Load(new MemoryStream(ModelParts.Write(parts, honest: false, CompressionLevel.Optimal)), out _));
        Assert.Contains("SHA-256", Assert.IsType<InvalidDataException>(error.GetBaseException()).Message, StringComparison.Ordinal);
    }

    private static byte[] Small(string network)
    {
        using var model = Models.Create(network, Hdge.Detection.DetectionScore.ReAct, new());
        return Models.Save(model);
    }

    private static string Answer(byte[] file)
    {
        using var model = HdgeOnnxModel.Load(new MemoryStream(file), new() { Threads = 1 });
        if (model.InputShape.Length > 1000)
            return "large";
        var scores = new ScoreBatch(3, model.ClassCount);
        float[] probe = [.. Enumerable.Range(0, 3 * model.InputShape.Length).Select(i => i % 7 / 7f)];
        try
        {
            model.Score(probe, 3, scores);
        }
        catch (ArgumentException) when (model.Input == OnnxInput.Byte)
        {
            return "bytes";
        }
        return scores.Probabilities.Any(p => !float.IsFinite(p)) ? "not finite" : string.Join(" ", scores.CalibratedProbabilities.Concat(scores.DetectionScore).Select(BitConverter.SingleToInt32Bits));
    }

    private static byte[] Signed(byte[] body) => [.. body, .. OnnxFile.Signature(SHA256.HashData(body))];

    private static byte[] Crafted(byte[] file, string from, string to)
    {
        int signature = OnnxFile.Signature(new byte[SHA256.HashSizeInBytes]).Length;
        return Signed(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(file[..^signature]).Replace(from, to, StringComparison.Ordinal)));
    }
}

using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Hdge.Calibration;
using Hdge.Fuzz;

namespace Hdge.Tests;

/// <summary>Trials B11, C1, C2 and C5: damaged and hostile model files.</summary>
public sealed class ModelFileTests
{
    private static readonly byte[] s_file = CoreTargets.Model(1, CalibrationMethod.Temperature);
    private static readonly ImageSet s_images = SmallImages.Patterns(20, seed: 9);

    [Fact]
    public void B11_FlippedBitsAreRefusedOrChangeNoScore()
    {
        using var whole = Load(s_file);
        float[] expected = whole.Logits(s_images);
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. s_file];
            for (int bits = random.Next(1, 4); bits > 0; bits--)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                using var model = Load(damaged);
                Assert.Equal(expected, model.Logits(s_images));
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }
        Assert.True(refused > 290, $"{refused} of 300 were refused; the rest can only have hit what means nothing."); // dates in the zip's headers
    }

    [Theory]
    [InlineData("weights.safetensors", float.NaN)]
    [InlineData("weights.safetensors", float.PositiveInfinity)]
    public void B11_WeightsThatAreNotFiniteAreRefusedThoughTheHashFits(string entry, float value)
    {
        var parts = ModelParts.Read(s_file);
        BinaryPrimitives.WriteSingleLittleEndian(parts[entry].AsSpan(^4), value);
        Refused(ModelParts.Write(parts), entry, "not finite");
    }

    [Fact]
    public void B11_AModelWhoseWeightsAreNotFiniteIsNotSaved()
    {
        using var model = Load(s_file);
        using (no_grad())
            model.Network.state_dict()["linear.bias"].fill_(float.NaN);
        Assert.Contains("linear.bias", Assert.Throws<InvalidOperationException>(() => model.Save(new MemoryStream())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void B11_EntriesAreThoseOfTheManifest()
    {
        var parts = ModelParts.Read(s_file);
        byte[] weights = parts["weights.safetensors"];
        Refused(ModelParts.Change(s_file, "weights.safetensors", text => text[..^1] + "\u0001", honest: false), "weights.safetensors", "SHA-256 is");
        Refused(ModelParts.Change(s_file, "weights.safetensors", text => text + "\0", honest: false), "weights.safetensors", $"has {weights.Length + 1} bytes, expected the {weights.Length}");
        foreach (string name in parts.Keys)
            Refused(ModelParts.Change(s_file, name, _ => null, honest: false), $"has no '{name}'");
        Refused(ModelParts.Change(s_file, "manifest.json", text => text.Replace("\"FormatVersion\": 1", "\"FormatVersion\": 2", StringComparison.Ordinal)), "manifest.json", "FormatVersion is 2, expected 1");
        parts.Add("../evil.json", [1]);
        Refused(ModelParts.Write(parts, honest: false), "'../evil.json'", "does not name");
        Refused(ModelParts.Write(parts), "'../evil.json'", "does not have");
    }

    [Fact]
    public void C1_ALyingLengthMakesNoNetwork()
    {
        // A description of a network of 175 million weights, and a header that lies about them, in some kilobytes.
        var parts = ModelParts.Read(s_file);
        parts["model.json"] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(parts["model.json"]).Replace("\"Depth\": 10", "\"Depth\": 16", StringComparison.Ordinal).Replace("\"Width\": 1,", "\"Width\": 32,", StringComparison.Ordinal));
        byte[] header = Encoding.UTF8.GetBytes("""{"conv1.weight":{"dtype":"F32","shape":[16,1,3,3],"data_offsets":[0,576]}}""");
        foreach (long claim in new[] { header.Length, 100_000_000, long.MaxValue, -1 })
        {
            byte[] weights = new byte[8 + header.Length + 576];
            BinaryPrimitives.WriteInt64LittleEndian(weights, claim);
            header.CopyTo(weights, 8);
            parts["weights.safetensors"] = weights;
            parts.Remove("detectors.safetensors");
            Cheap(ModelParts.Write(parts), "weights.safetensors");
        }
        // The zip's directory claims a gigabyte for each entry in turn.
        byte[] file = ModelParts.Write(parts);
        foreach (int at in Directory(file))
            foreach (int field in new[] { 20, 24 })
            {
                byte[] lying = [.. file];
                BinaryPrimitives.WriteUInt32LittleEndian(lying.AsSpan(at + field), 1 << 30);
                Cheap(lying, "claims");
            }
    }

    [Theory]
    [InlineData("calibration.json", 40)]
    [InlineData("weights.safetensors", 40)]
    [InlineData("detectors.safetensors", 40)]
    [InlineData("manifest.json", 40)]
    public void C2_BombsAreRefusedByTheirSizes(string entry, int mebibytes)
    {
        var parts = ModelParts.Read(s_file);
        parts[entry] = [.. parts[entry], .. Enumerable.Repeat((byte)' ', mebibytes << 20)];
        Cheap(ModelParts.Write(parts, honest: true, CompressionLevel.SmallestSize), "stored, not compressed");
    }

    [Fact]
    public void C2_AHeaderIsNoLargerThanItsDataCanNeed()
    {
        var parts = ModelParts.Read(s_file);
        byte[] header = Encoding.UTF8.GetBytes("{" + string.Join(",", Enumerable.Range(0, 40_000).Select(i => $$"""
            "{{i}}":{"dtype":"F32","shape":[],"data_offsets":[0,0]}
            """.Trim())) + "}");
        byte[] weights = new byte[8 + header.Length];
        BinaryPrimitives.WriteInt64LittleEndian(weights, header.Length);
        header.CopyTo(weights, 8);
        parts["weights.safetensors"] = weights;
        Cheap(ModelParts.Write(parts), "header claims");
    }

    [Fact]
    public void C2_NumbersTakeMemoryInProportion()
    {
        var parts = ModelParts.Read(s_file);
        string numbers = string.Join(",", Enumerable.Repeat("0", 5_000_000));
        parts["calibration.json"] = Encoding.UTF8.GetBytes($$"""{"Calibrator":{"method":"matrix","ClassCount":3,"Weights":[{{numbers}}],"Biases":[0,0,0]},"PredictionSets":null}""");
        byte[] file = ModelParts.Write(parts);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(file, "calibration.json", "Weights has 5000000 numbers, expected 9");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * file.Length + (4 << 20));
    }

    [Theory]
    [InlineData("model.json", "Network")]
    [InlineData("model.json", "Scaling")]
    [InlineData("model.json", "Mean")]
    [InlineData("model.json", "StandardDeviation")]
    [InlineData("model.json", "ClassCount")]
    [InlineData("model.json", "Normalization")]
    [InlineData("calibration.json", "Calibrator")]
    [InlineData("calibration.json", "Options")]
    [InlineData("calibration.json", "Temperature")]
    [InlineData("detectors.json", "Options")]
    [InlineData("detectors.json", "Scores")]
    [InlineData("detectors.json", "Score")]
    [InlineData("manifest.json", "Entries")]
    public void C5_NullAndMissingValuesAreRefusedByEntryAndField(string entry, string field)
    {
        foreach (string change in new[] { "null", "missing", "unknown", "twice" })
        {
            var json = System.Text.Json.Nodes.JsonNode.Parse(ModelParts.Read(s_file)[entry])!;
            var owner = Owner(json, field)!;
            string text = "";
            if (change == "null")
                owner[field] = null;
            else if (change == "missing")
                owner.Remove(field);
            else if (change == "unknown")
                owner[field + "2"] = 1;
            else
            {
                owner[field + "2"] = owner[field]!.DeepClone();
                text = json.ToJsonString().Replace($"\"{field}2\"", $"\"{field}\"", StringComparison.Ordinal);
            }
            byte[] changed = Encoding.UTF8.GetBytes(text.Length > 0 ? text : json.ToJsonString());
            var parts = ModelParts.Read(s_file);
            parts[entry] = changed;
            Refused(ModelParts.Write(parts, honest: entry != "manifest.json"), entry, field);
        }
    }

    private static System.Text.Json.Nodes.JsonObject? Owner(System.Text.Json.Nodes.JsonNode? node, string field) =>
        node is not System.Text.Json.Nodes.JsonObject owner ? null : owner.ContainsKey(field) ? owner : owner.Select(child => Owner(child.Value, field)).FirstOrDefault(found => found is not null);

    private static HdgeModel Load(byte[] file) => HdgeModel.Load(new MemoryStream(file), "cpu");

    private static void Refused(byte[] file, params string[] says)
    {
        var error = Assert.Throws<InvalidDataException>(() => Load(file));
        foreach (string part in says)
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Refused without a tensor, and with managed memory in proportion.</summary>
    private static void Cheap(byte[] file, string says)
    {
        long Tensors() => DisposeScopeManager.Statistics.TensorStatistics.CreatedInScopeCount + DisposeScopeManager.Statistics.TensorStatistics.CreatedOutsideScopeCount; // of this thread
        var clock = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread(), tensors = Tensors();
        Refused(file, says);
        Assert.Equal(tensors, Tensors());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * file.Length + (4 << 20));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}"); // 13 s once, milliseconds now; other tests run beside
    }

    /// <summary>Where the zip's directory keeps its entries.</summary>
    private static IEnumerable<int> Directory(byte[] file)
    {
        for (int at = 0; at < file.Length - 46; at++)
            if (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) == 0x02014B50)
                yield return at;
    }
}

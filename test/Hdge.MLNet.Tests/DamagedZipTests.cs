using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Hdge.Fuzz;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>Trial C6: damaged parts inside model.zip.</summary>
public sealed class DamagedZipTests
{
    private static readonly Lazy<byte[]> s_file = new(() => Saved(Trained.Model)), s_other = new(() => Saved(Trained.Fit(Trained.Context)));

    private static byte[] Saved(ITransformer model)
    {
        using var stream = new MemoryStream();
        Trained.Context.Model.Save(model, Trained.View(Trained.Context, 1).Schema, stream);
        return stream.ToArray();
    }

    /// <summary>One part changed; what Columns.json holds is signed anew where <paramref name="sign"/> says so.</summary>
    private static byte[] Change(string part, Func<byte[], byte[]?> change, bool sign = false)
    {
        var parts = ModelParts.Read(s_file.Value);
        string name = parts.Keys.Single(key => key.EndsWith(part, StringComparison.Ordinal));
        byte[] content = sign ? parts[name][32..] : parts[name];
        if (change(content) is { } changed)
            parts[name] = sign ? [.. SHA256.HashData(changed), .. changed] : changed;
        else
            parts.Remove(name);
        return ModelParts.Write(parts, honest: false, CompressionLevel.Optimal);
    }

    private static byte[] Columns(string from, string to) => Change("Columns.json", json =>
    {
        string text = Encoding.UTF8.GetString(json);
        Assert.Contains(from, text, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal));
    }, sign: true);

    [Fact]
    public void C6_TheReasonIsInOneExceptionAndInTheLog()
    {
        Refused(Change("Model.hdge", _ => null), "'Model.hdge'");
        Refused(Change("Model.hdge", model => model[..1000]), "cut off");
        Refused(Change("Model.hdge", model => { model[model.Length / 2] ^= 1; return model; }), "SHA-256");
        Refused(Change("Model.hdge", model => ModelParts.Change(model, "model.json", text => text.Replace("\"Scaling\": {", "\"Scaling\": null, \"X\": {", StringComparison.Ordinal))), "model.json", "Scaling");
        Refused(Change("Columns.json", _ => null), "'Columns.json'");
        Refused(Change("Columns.json", columns => columns[..20]), "'Columns.json' has 20 bytes");
        Refused(Change("Columns.json", columns => { columns[40] ^= 1; return columns; }), "'Columns.json' is damaged", "SHA-256");
        Refused(Change("Columns.json", _ => [], sign: true), "Columns.json is damaged");
        Refused(Columns("\"Feature\"", "\"Feature2\""), "Columns.json", "Feature2");
        Refused(Columns("\"Feature\": \"Features\"", "\"Feature\": null"), "Columns.json", "Feature");
        Refused(Columns("\"Single\"", "\"Half\""), "Columns.json", "FeatureType is 'Half', expected Byte or Single");
        Refused(Columns("\"Score\": \"Score\"", "\"Score\": \"LogDensity\""), "Columns.json", "'LogDensity'");
        Refused(Columns("\"Type\": \"Text\"", "\"Type\": \"Int32\""), "label values");
        Refused(Columns("\"row\",", ""), "Columns.json", "Labels has 2 values, expected 3");
        Refused(Columns("\"row\",", "null,"), "label value");
    }

    [Fact]
    public void C6_ACalibratorsPartsAreRefusedLikewise()
    {
        MLContext context = Trained.Context;
        var calibrator = context.MulticlassClassification.Calibrators.Isotonic().Fit(Trained.Model.Transform(Trained.View(context, 60, first: 400)));
        using var stream = new MemoryStream();
        context.Model.Save(calibrator, Trained.View(context, 1).Schema, stream);
        var parts = ModelParts.Read(stream.ToArray());
        foreach (string part in new[] { "Columns.json", "Calibrator.json" })
        {
            string name = parts.Keys.Single(key => key.EndsWith(part, StringComparison.Ordinal));
            byte[] good = parts[name];
            foreach (byte[] bad in new byte[][] { [], good[..50], [.. SHA256.HashData("null"u8), .. "null"u8], [.. SHA256.HashData("{}"u8), .. "{}"u8] })
            {
                parts[name] = bad;
                Refused(ModelParts.Write(parts, honest: false), part == "Calibrator.json" ? "calibrator" : part);
            }
            parts[name] = good;
        }
    }

    [Fact]
    public void C6_FuzzedPartsAreRefusedOrGiveTheSame()
    {
        foreach (var (target, share) in ModelZipTarget.All(s_file.Value, s_other.Value))
        {
            var counts = FuzzCounts.Run(target, 80 * share, firstSeed: 1);
            Assert.True(counts.Bad.Count == 0, string.Join("\n", counts.Bad));
            Assert.Equal(counts.Mutations, counts.Refused + counts.Same);
            Assert.True(counts.Refused > counts.Mutations / 4, $"{target.Name}: only {counts.Refused} of {counts.Mutations} were refused.");
        }
    }

    [Fact]
    public void TheModelsOwnFileLiesInModelZipAsItIs()
    {
        var parts = ModelParts.Read(s_file.Value);
        using HdgeModel model = HdgeModel.Load(new MemoryStream(parts.Single(part => part.Key.EndsWith("Model.hdge", StringComparison.Ordinal)).Value), "cpu");
        Assert.Equal(Trained.Transformer.Model.Temperature, model.Temperature);
    }

    private static void Refused(byte[] file, params string[] says)
    {
        var context = new MLContext();
        var log = new List<string>();
        context.Log += (_, e) => log.Add(e.RawMessage);
        var error = Assert.Throws<TargetInvocationException>(() => context.Model.Load(new MemoryStream(file), out _)); // ML.NET's, around whatever a loader throws
        var reason = Assert.IsType<InvalidDataException>(error.GetBaseException());
        Assert.StartsWith("The saved ", reason.Message, StringComparison.Ordinal);
        foreach (string part in says)
            Assert.Contains(part, reason.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(reason.Message, log);
    }
}

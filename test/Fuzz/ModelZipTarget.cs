using System.IO.Compression;
using System.Security.Cryptography;
using Hdge.MLNet;
using Microsoft.ML;

namespace Hdge.Fuzz;

/// <summary>ML.NET's model.zip: our parts of it. What ML.NET reads itself (its headers, the schema, other transformers) it judges itself.</summary>
internal static class ModelZipTarget
{
    private const int HashLength = 32;

    /// <param name="file">A saved chain that ends with an HDGE transformer.</param>
    /// <param name="other">Another one.</param>
    public static IEnumerable<(FuzzTarget Target, int Share)> All(byte[] file, byte[] other)
    {
        var context = new MLContext();
        var (parts, otherParts) = (ModelParts.Read(file), ModelParts.Read(other));
        string columns = Ours(parts, "Columns.json"), model = Ours(parts, "Model.hdge");
        string[] answers = [Answer(file), Answer(other), Answer(With(columns, otherParts[Ours(otherParts, "Columns.json")])), Answer(With(model, otherParts[Ours(otherParts, "Model.hdge")]))];
        yield return (new("model.zip", m => Damaged(m, columns, model), Answer, answers), 2);
        yield return (new("model.zip, columns signed", m => With(columns, Signed(m.Bytes(parts[columns][HashLength..], otherParts[Ours(otherParts, "Columns.json")][HashLength..]))), Answer, null), 1);

        byte[] Damaged(Mutator mutator, string columns, string model)
        {
            var ours = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { ["Columns.json"] = parts[columns], ["Model.hdge"] = parts[model] };
            var theirs = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { ["Columns.json"] = otherParts[Ours(otherParts, "Columns.json")], ["Model.hdge"] = otherParts[Ours(otherParts, "Model.hdge")] };
            var changed = mutator.Entries(ours, theirs);
            var all = new SortedDictionary<string, byte[]>(parts.ToDictionary(), StringComparer.Ordinal);
            all.Remove(columns);
            all.Remove(model);
            foreach (var (name, content) in changed)
                all[name == "Columns.json" ? columns : name == "Model.hdge" ? model : name] = content;
            return Pack(all);
        }

        byte[] With(string name, byte[] content) => Pack(new SortedDictionary<string, byte[]>(parts.ToDictionary(), StringComparer.Ordinal) { [name] = content });

        string Answer(byte[] zip)
        {
            var loaded = context.Model.Load(new MemoryStream(zip), out _);
            using var disposable = loaded as IDisposable;
            var transformer = (loaded as HdgeTransformer) ?? ((IEnumerable<ITransformer>)loaded).OfType<HdgeTransformer>().Single();
            var scores = new ScoreBatch(3, transformer.Model.ClassCount);
            transformer.Model.Score(new byte[3 * transformer.ImageShape.Length], 3, scores);
            return string.Join(" ", transformer.ClassNames.Append(transformer.FeatureColumnName).Concat(scores.CalibratedProbabilities.Concat(scores.DetectionScore).Select(p => $"{BitConverter.SingleToInt32Bits(p)}")));
        }
    }

    private static string Ours(IReadOnlyDictionary<string, byte[]> parts, string name) => parts.Keys.Single(key => key.EndsWith(name, StringComparison.Ordinal));

    private static byte[] Pack(IReadOnlyDictionary<string, byte[]> parts) => ModelParts.Write(parts, honest: false, CompressionLevel.Fastest);

    private static byte[] Signed(byte[] content) => [.. SHA256.HashData(content), .. content];
}

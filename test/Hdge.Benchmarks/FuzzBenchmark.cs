using Hdge.Fuzz;
using Hdge.MLNet;
using Hdge.MLNet.Tests.Data;
using Microsoft.ML;

namespace Hdge.Benchmarks;

/// <summary>Reads damaged files of every format, and counts what must not happen.</summary>
internal static class FuzzBenchmark
{
    private const int FirstSeed = 1_000_000; // others than the tests'

    /// <summary>Answers the exit code: 0 where nothing happened that must not.</summary>
    public static int Run(int mutations)
    {
        string folder = Directory.CreateTempSubdirectory("hdge").FullName;
        var results = new List<FuzzCounts>();
        try
        {
            (FuzzTarget Target, int Share)[] targets = [.. CoreTargets.All(folder), .. ModelZipTarget.All(ModelZip(1), ModelZip(2))];
            int shares = targets.Sum(t => t.Share), done = 0, left = mutations;
            foreach (var (target, share) in targets)
            {
                int count = ++done == targets.Length ? left : mutations * share / shares;
                left -= count;
                Console.WriteLine($"{target.Name}: {count} mutations");
                results.Add(FuzzCounts.Run(target, count, FirstSeed));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        foreach (string bad in results.SelectMany(r => r.Bad))
            Console.WriteLine(bad);
        Report.Write("fuzz", "Damaged files (the last four columns should be 0; a crash or a hang ends the program)",
            ["target", "mutations", "refused", "read as undamaged", "lies", "wrong exceptions", "over 2 s", "over-allocated"],
            [.. results.Select(r => new object[] { r.Target, r.Mutations, r.Refused, r.Same, r.Lies, r.WrongExceptions, r.Slow, r.OverAllocated })]);
        return results.Sum(r => r.Lies + r.WrongExceptions + r.Slow + r.OverAllocated) == 0 ? 0 : 1;
    }

    private static byte[] ModelZip(int seed)
    {
        var context = new MLContext(seed);
        IDataView images = context.Data.LoadFromEnumerable(TinyImages.Labelled(60, seed));
        using var model = context.Transforms.Conversion.MapValueToKey("Label")
            .Append(context.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options { Training = new() { Epochs = 1, BatchSize = 16 } }))
            .Fit(images);
        using var file = new MemoryStream();
        context.Model.Save(model, images.Schema, file);
        return file.ToArray();
    }
}

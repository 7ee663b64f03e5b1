using FleetScoring;
using Hdge.Data;

namespace Services.Tests;

/// <summary>Sixty images in a folder, one of them damaged, and fleets' folders beside it.</summary>
internal sealed class FleetFiles : IDisposable
{
    public const int Count = 60, Shard = 5, Damaged = 17;

    private readonly string _folder = Directory.CreateTempSubdirectory("hdge-fleet").FullName;

    public FleetFiles(string model)
    {
        Model = model;
        Directory.CreateDirectory(Images);
        string[] pictures = Directory.GetFiles(Path.Combine(Path.GetDirectoryName(model)!, "pictures"));
        var noise = new byte[28 * 28];
        for (int i = 0; i < Count; i++)
        {
            new Random(i).NextBytes(noise);
            byte[] bytes = i < pictures.Length ? File.ReadAllBytes(pictures[i]) : ScoringService.Prepare.Png(noise, new ImageShape(1, 28, 28));
            File.WriteAllBytes(Path.Combine(Images, $"{i:00}.png"), i == Damaged ? bytes[..100] : bytes);
        }
    }

    public string Model { get; }

    public string Images => In("images");

    public string In(string name) => Path.Combine(_folder, name);

    /// <summary>Runs a command of the sample in this process.</summary>
    public static async Task<string> Run(params string[] arguments)
    {
        using var log = new StringWriter();
        Assert.Equal(0, await Commands.Run(Arguments.Parse(arguments), log, default));
        return log.ToString();
    }

    /// <summary>Plans, scores and merges in this process. The result is in results.jsonl of the folder.</summary>
    public async Task<string> RunAll(string name)
    {
        await Run("run", Images, "--model", Model, "--out", In(name), "--shard", $"{Shard}", "--workers", "2");
        return Path.Combine(In(name), "results.jsonl");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetScoring;

/// <summary>Some of the inputs, one after the other: what one job scores.</summary>
/// <param name="First">Number of the first input, 0-based.</param>
/// <param name="Count">Inputs.</param>
/// <param name="At">Where its lines begin in inputs.jsonl, in bytes.</param>
internal sealed record Shard(long First, int Count, long At);

/// <summary>What is to be scored, by which model: plan.json in the fleet's folder. inputs.jsonl beside it holds every input once, a JSON string a line, shard by shard.</summary>
/// <param name="Model">Name of the model's file in the folder.</param>
/// <param name="ModelSha256">Of its bytes.</param>
/// <param name="InputsSha256">Of inputs.jsonl.</param>
/// <param name="Root">Folder that the inputs' paths start from: the same on all machines.</param>
/// <param name="Inputs">How many there are.</param>
/// <param name="Shards">All shards, in order.</param>
internal sealed record Plan(string Model, string ModelSha256, string InputsSha256, string Root, long Inputs, IReadOnlyList<Shard> Shards)
{
    public const string FileName = "plan.json", InputsName = "inputs.jsonl";

    /// <summary>Tells plans apart: the beginning of the SHA-256 of plan.json.</summary>
    [JsonIgnore]
    public string Id => Hex(SHA256.HashData(Bytes()))[..16];

    public byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <exception cref="InvalidDataException">There is no plan, or it is damaged.</exception>
    public static Plan Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"'{folder}' holds no {FileName}: 'fleet plan' makes one.");
        Plan? plan;
        try
        {
            plan = JsonSerializer.Deserialize<Plan>(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}' is no plan: {error.Message}", error);
        }
        if (plan is not { Model: not null, ModelSha256: not null, Root: not null, Shards: not null } || plan.Shards.Sum(shard => (long)shard.Count) != plan.Inputs)
            throw new InvalidDataException($"'{path}' is no plan, or its shards are not of {plan?.Inputs} inputs.");
        string inputs = Path.Combine(folder, InputsName);
        if (Sha256(inputs) != plan.InputsSha256)
            throw new InvalidDataException($"'{inputs}' is not the one that was planned: its SHA-256 differs. Plan into another folder.");
        return plan;
    }

    /// <summary>The paths of a shard's inputs, relative to the root.</summary>
    public string[] InputsOf(string folder, int shard)
    {
        using var file = new FileStream(Path.Combine(folder, InputsName), FileMode.Open, FileAccess.Read, FileShare.Read);
        file.Position = Shards[shard].At;
        using var reader = new StreamReader(file);
        var inputs = new string[Shards[shard].Count];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] = JsonSerializer.Deserialize<string>(reader.ReadLine() ?? throw new InvalidDataException($"{InputsName} ends in shard {shard}."))!;
        return inputs;
    }

    public static string Sha256(string path)
    {
        using var file = File.OpenRead(path);
        return Hex(SHA256.HashData(file));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

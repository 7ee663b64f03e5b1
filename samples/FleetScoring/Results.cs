namespace FleetScoring;

/// <summary>The shards' results in the fleet's folder. A file that is there was written whole.</summary>
internal sealed class Results(Plan plan, string folder)
{
    public const string FolderName = "results";

    // Looked at line by line once: a million lines are not read again and again.
    private readonly bool[] _whole = new bool[plan.Shards.Count];

    /// <summary>Numbers of the shards without a whole result.</summary>
    public List<int> Missing => [.. Enumerable.Range(0, plan.Shards.Count).Where(shard => !IsWhole(shard))];

    public string Path(int shard) => System.IO.Path.Combine(folder, FolderName, $"{shard:000000}.jsonl");

    public bool IsWhole(int shard) => (_whole[shard] && File.Exists(Path(shard))) || (_whole[shard] = Problem(shard) is null);

    /// <summary>What is wrong with a shard's result, from its name on; null where each of its inputs has its line, in order.</summary>
    /// <param name="shard">Number of the shard.</param>
    /// <param name="line">Is told each line that is right.</param>
    public string? Problem(int shard, Action<string, Line>? line = null)
    {
        string name = System.IO.Path.GetFileName(Path(shard));
        if (!File.Exists(Path(shard)))
            return $"{name} is missing";
        string[] inputs = plan.InputsOf(folder, shard);
        int count = 0;
        foreach (string text in File.ReadLines(Path(shard)))
        {
            if (count == inputs.Length)
                return $"{name} has more than {inputs.Length} lines";
            if (Line.Parse(text) is not { } parsed)
                return $"{name}, line {count + 1} is damaged";
            if (parsed.Index != plan.Shards[shard].First + count || parsed.Input != inputs[count])
                return $"{name}, line {count + 1} is of input {parsed.Index} '{parsed.Input}', expected {plan.Shards[shard].First + count} '{inputs[count]}'";
            line?.Invoke(text, parsed);
            count++;
        }
        return count == inputs.Length ? null : $"{name} has {count} lines, expected {inputs.Length}";
    }

    /// <summary>Files that are no shard's result.</summary>
    public string[] Foreign()
    {
        var own = Enumerable.Range(0, plan.Shards.Count).Select(Path).ToHashSet(StringComparer.Ordinal);
        return [.. Directory.EnumerateFiles(System.IO.Path.Combine(folder, FolderName), "*.jsonl").Where(path => !own.Contains(path)).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }
}

namespace FleetScoring;

/// <summary>The command line.</summary>
/// <param name="Command">plan, work, watch, merge or run.</param>
/// <param name="Path">The images of plan and run; the folder of the others.</param>
internal sealed record Arguments(string Command, string Path)
{
    private const string Usage = "Expected: plan INPUT --model FILE --out FOLDER | work FOLDER | watch FOLDER | merge FOLDER | run INPUT --model FILE --out FOLDER (docs/fleet.md).";

    /// <summary>A model.zip or an .onnx file.</summary>
    public string? Model { get; private init; }

    /// <summary>Takes the plan, the model and the results: what all workers see.</summary>
    public string? Out { get; private init; }

    /// <summary>Images a shard.</summary>
    public int Shard { get; private init; } = 1000;

    /// <summary>Connection string of PostgreSQL; null for memory, which only this process sees.</summary>
    public string? Postgres { get; private init; }

    /// <summary>Shards that this process scores at once.</summary>
    public int Workers { get; private init; } = Environment.ProcessorCount;

    /// <summary>Where to show Hangfire's dashboard; null for nowhere.</summary>
    public string? Dashboard { get; private init; }

    /// <summary>After how long without a sign of life a worker's shard goes to another.</summary>
    public TimeSpan Timeout { get; private init; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits in each shard: to try out what happens when workers die.</summary>
    public TimeSpan Slow { get; private init; }

    /// <summary>The merged file; null for results.jsonl in the folder.</summary>
    public string? To { get; private init; }

    /// <summary>Tells progress once, and does not wait for the end.</summary>
    public bool Once { get; private init; }

    public static Arguments Parse(string[] args)
    {
        if (args is not [("plan" or "work" or "watch" or "merge" or "run") and var command, var path, .. var options] || path.StartsWith("--", StringComparison.Ordinal))
            throw new ArgumentException(Usage);
        var result = new Arguments(command, path) { Once = options.Contains("--once") };
        options = [.. options.Where(o => o != "--once")];
        for (int i = 0; i < options.Length; i += 2)
        {
            string name = options[i], value = i + 1 < options.Length ? options[i + 1] : throw new ArgumentException($"{name} needs a value. {Usage}");
            result = name switch
            {
                "--model" => result with { Model = value },
                "--out" => result with { Out = value },
                "--shard" => result with { Shard = Whole(1, 1_000_000) },
                "--postgres" => result with { Postgres = value },
                "--workers" => result with { Workers = Whole(1, 1000) },
                "--dashboard" => result with { Dashboard = value },
                "--timeout" => result with { Timeout = TimeSpan.FromSeconds(Whole(5, 86_400)) },
                "--slow" => result with { Slow = TimeSpan.FromMilliseconds(Whole(0, 3_600_000)) },
                "--to" => result with { To = value },
                _ => throw new ArgumentException($"Unknown option '{name}'. {Usage}"),
            };

            int Whole(int least, int most) => int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
                ? number
                : throw new ArgumentException($"{name} is '{value}', expected a whole number {least}..{most}.");
        }
        if (command is "plan" or "run" && (result.Model is null || result.Out is null))
            throw new ArgumentException($"{command} needs --model and --out. {Usage}");
        return result;
    }
}

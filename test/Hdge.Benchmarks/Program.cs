using Hdge.Benchmarks;

// Hdge.Benchmarks [steps|scoring] [--rounds N]: all benchmarks, or one; more rounds, less noise.
int rounds = 15;
var names = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else if (args[i] is "steps" or "scoring")
        names.Add(args[i]);
    else
    {
        Console.Error.WriteLine("usage: bench [steps|scoring] [--rounds N]");
        return 2;
    }
}
if (names.Count == 0 || names.Contains("steps"))
    StepBenchmark.Run(rounds);
if (names.Count == 0 || names.Contains("scoring"))
    ScoringBenchmark.Run(rounds);
return 0;

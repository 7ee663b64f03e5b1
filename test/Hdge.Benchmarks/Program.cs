using Hdge.Benchmarks;

// Hdge.Benchmarks [steps|jem|scoring|detection] [--rounds N] [--images N]: all benchmarks, or some; more rounds, less noise. Images are detection's.
// Hdge.Benchmarks fuzz [--mutations N]: reads damaged files instead; fails where one is read wrongly.
int rounds = 15, images = 1000, mutations = 20_000;
var names = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else if (args[i] == "--images" && i + 1 < args.Length && int.TryParse(args[i + 1], out images) && images > 0)
        i++;
    else if (args[i] == "--mutations" && i + 1 < args.Length && int.TryParse(args[i + 1], out mutations) && mutations > 0)
        i++;
    else if (args[i] is "steps" or "jem" or "scoring" or "detection" or "fuzz")
        names.Add(args[i]);
    else
    {
        Console.Error.WriteLine("usage: bench [steps|jem|scoring|detection] [--rounds N] [--images N] | fuzz [--mutations N]");
        return 2;
    }
}
if (names.Count == 0 || names.Contains("steps"))
    StepBenchmark.Run(rounds);
if (names.Count == 0 || names.Contains("jem"))
    JemBenchmark.Run(rounds);
if (names.Count == 0 || names.Contains("scoring"))
    ScoringBenchmark.Run(rounds);
if (names.Count == 0 || names.Contains("detection"))
    DetectionBenchmark.Run(rounds, images);
return names.Contains("fuzz") ? FuzzBenchmark.Run(mutations) : 0;

using Hdge.Benchmarks;

// Hdge.Benchmarks [steps|jem|scoring|detection|soak] [--rounds N] [--images N] [--rows N] [--steps N]: the first four, or some; more rounds, less noise. Images are detection's,
// rows and steps soak's, which watches memory and runs only when it is named.
int rounds = 15, images = 1000, rows = 1_000_000, steps = 10_000;
var names = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else if (args[i] == "--images" && i + 1 < args.Length && int.TryParse(args[i + 1], out images) && images > 0)
        i++;
    else if (args[i] == "--rows" && i + 1 < args.Length && int.TryParse(args[i + 1], out rows) && rows >= 0)
        i++;
    else if (args[i] == "--steps" && i + 1 < args.Length && int.TryParse(args[i + 1], out steps) && steps >= 0)
        i++;
    else if (args[i] is "steps" or "jem" or "scoring" or "detection" or "soak")
        names.Add(args[i]);
    else
    {
        Console.Error.WriteLine("usage: bench [steps|jem|scoring|detection|soak] [--rounds N] [--images N] [--rows N] [--steps N]");
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
if (names.Contains("soak"))
    SoakBenchmark.Run(rows, steps);
return 0;

using Hdge.Benchmarks;

// Hdge.Benchmarks [steps|jem|scoring|detection] [--rounds N] [--images N]: all benchmarks, or some; more rounds, less noise. Images are detection's.
// Hdge.Benchmarks gpu [DEVICE [CIFAR-FILE …]]: on a GPU; DEVICE is "cuda" unless another is named.
if (args is ["gpu", .. var rest])
    return GpuBenchmark.Run(rest is [var device, ..] ? device : "cuda", [.. rest.Skip(1)]);
int rounds = 15, images = 1000;
var names = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else if (args[i] == "--images" && i + 1 < args.Length && int.TryParse(args[i + 1], out images) && images > 0)
        i++;
    else if (args[i] is "steps" or "jem" or "scoring" or "detection")
        names.Add(args[i]);
    else
    {
        Console.Error.WriteLine("usage: bench [steps|jem|scoring|detection] [--rounds N] [--images N]");
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
return 0;

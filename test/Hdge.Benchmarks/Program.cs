using System.Globalization;
using Hdge.Benchmarks;

// Hdge.Benchmarks [steps|jem|scoring|detection] [--rounds N] [--images N]: all benchmarks, or some; more rounds, less noise. Images are detection's.
// Hdge.Benchmarks gc [--minutes N] [--predictions N]: training for some minutes, then single predictions, beside four allocating threads; 1 where anything failed or differed.
int rounds = 15, images = 1000, predictions = 1_000_000;
double minutes = 10;
var names = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0)
        i++;
    else if (args[i] == "--images" && i + 1 < args.Length && int.TryParse(args[i + 1], out images) && images > 0)
        i++;
    else if (args[i] == "--minutes" && i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out minutes) && minutes > 0)
        i++;
    else if (args[i] == "--predictions" && i + 1 < args.Length && int.TryParse(args[i + 1], out predictions) && predictions > 0)
        i++;
    else if (args[i] is "steps" or "jem" or "scoring" or "detection" or "gc")
        names.Add(args[i]);
    else
    {
        Console.Error.WriteLine("usage: bench [steps|jem|scoring|detection] [--rounds N] [--images N], or bench gc [--minutes N] [--predictions N]");
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
return !names.Contains("gc") || GcRun.Run(minutes, predictions) ? 0 : 1;

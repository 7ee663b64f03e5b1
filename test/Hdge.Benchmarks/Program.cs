using System.Globalization;
using Hdge.Benchmarks;

// bench [steps|jem|scoring|detection] [--rounds N] [--images N]     all four, or some: more rounds, less noise; images are detection's
// bench loader [--rounds N]                                       whether preparing batches hides behind the steps
// bench pytorch [--rounds N]                                      steps of PyTorch beside ours, where a Python has it
// bench accuracy quick FOLDER | cifar DEVICE DEPTH-WIDTH EPOCHS TEST TRAINING… single against mixed precision, three seeds each
// bench gpu [DEVICE [CIFAR-FILE …]]                                 on a GPU; DEVICE is "cuda" unless another is named
// bench onnx [--rounds N]                                           libtorch against ONNX Runtime, in 32-bit floating point and in 8 bits; processor time
// bench fuzz [--mutations N]                                        reads damaged files; fails where one is read wrongly
// bench gc [--minutes N] [--predictions N]                          training for some minutes, then single predictions, beside four allocating threads; fails where anything failed or differed
// bench gcrl [--rounds N] [--steps N]                               tokens a second of learning without labels, axial and dense attention; memory over steps
// bench soak [--rows N] [--steps N]                                 watches memory over rows scored and steps trained
// bench pretrained FOLDER [NAME=VALUE …]                            ImageNet's ResNet-18 on CIFAR-10, frozen or fine-tuned, and from scratch
// bench heads FOLDER "NAME=VALUE …" …                               settings of a frozen network's last layer, on features in files
if (args is ["heads", .. var settings])
    return HeadBenchmark.Run(settings);
// bench featurizer FOLDER [IMAGES TEST]                             DnnFeaturizeImage's features of CIFAR-10: Hdge beside LbfgsMaximumEntropy
if (args is ["featurizer", .. var what])
    return FeaturizerBenchmark.Run(what);
if (args is ["pretrained", .. var how])
    return PretrainedBenchmark.Run(how);
// bench distributed [MBIT [STEPS [TIMES]]]                          under mpirun: sums over the ranks and training steps, beside the formula for a link of MBIT Mbit/s (eng/two-machines.sh)
if (args is ["distributed", .. var link])
{
    double[] asked = [.. link.Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
    return DistributedBenchmark.Run(asked is [var megabits, ..] ? megabits : 100, asked is [_, var steps, ..] ? (int)steps : 10, asked is [_, _, var times] ? (int)times : 7);
}
// bench memory [--count N] [--files N]                              memory of training on N images on disk; then N files, a tenth of them damaged; fails where one is not told
// bench decoding                                                    processor time to read JPEG files of several sizes
// bench sizes                                                       processor time and memory by the size of the images
if (args is ["size", var network, var side])
    return SizeBenchmark.One(network, int.Parse(side, CultureInfo.InvariantCulture));
// bench calibration quick|features FOLDER WORK MEMBERS SEED …        calibrators and ensembles: confidence on known and unknown images
if (args is ["calibration", .. var set])
    return CalibrationBenchmark.Run([.. set]);
if (args is ["accuracy", .. var told])
    return AccuracyBenchmark.Run([.. told]);
if (args is ["gpu", .. var rest])
    return GpuBenchmark.Run(rest is [var device, ..] ? device : "cuda", [.. rest.Skip(1)]);

var numbers = new Dictionary<string, double>
{
    ["--rounds"] = 15, ["--images"] = 1000, ["--mutations"] = 20_000, ["--minutes"] = 10, ["--predictions"] = 1_000_000, ["--rows"] = 1_000_000, ["--steps"] = 10_000,
    ["--count"] = 200_000, ["--files"] = 10_000,
};
string[] usual = ["steps", "jem", "scoring", "detection"], named = [.. usual, "loader", "pytorch", "onnx", "fuzz", "gc", "gcrl", "soak", "memory", "sizes", "decoding"];
var wanted = new List<string>();
for (int i = 0; i < args.Length; i++)
{
    if (numbers.ContainsKey(args[i]) && i + 1 < args.Length && double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out double number) && number > 0)
        numbers[args[i++]] = number;
    else if (named.Contains(args[i]))
        wanted.Add(args[i]);
    else
    {
        Console.Error.WriteLine($"'{args[i]}' is none of {string.Join(", ", named)}, gpu, nor an option with a number above 0: {string.Join(", ", numbers.Keys)}.");
        return 2;
    }
}

int Number(string name) => (int)numbers[name];
int exit = 0;
foreach (string name in wanted.Count > 0 ? wanted : [.. usual])
    switch (name)
    {
        case "steps":
            StepBenchmark.Run(Number("--rounds"));
            break;
        case "jem":
            JemBenchmark.Run(Number("--rounds"));
            break;
        case "decoding":
            DecodingBenchmark.Run();
            break;
        case "scoring":
            ScoringBenchmark.Run(Number("--rounds"));
            break;
        case "detection":
            DetectionBenchmark.Run(Number("--rounds"), Number("--images"));
            break;
        case "onnx":
            OnnxBenchmark.Run(Number("--rounds"));
            break;
        case "loader":
            LoaderBenchmark.Run(Number("--rounds"));
            break;
        case "pytorch":
            exit |= PyTorchBenchmark.Run(Number("--rounds"));
            break;
        case "fuzz":
            exit |= FuzzBenchmark.Run(Number("--mutations"));
            break;
        case "gc":
            exit |= GcRun.Run(numbers["--minutes"], Number("--predictions")) ? 0 : 1;
            break;
        case "gcrl":
            GcrlBenchmark.Run(Number("--rounds"), Number("--steps"));
            break;
        case "memory":
            exit |= MemoryBenchmark.Run(Number("--count"), Number("--files"));
            break;
        case "sizes":
            exit |= SizeBenchmark.Run();
            break;
        case "soak":
            SoakBenchmark.Run(Number("--rows"), Number("--steps"));
            break;
    }
return exit;

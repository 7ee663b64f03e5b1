using System.Diagnostics;
using Hdge;
using Hdge.Data;
using Hdge.Detection;
using Hdge.MLNet;
using Hdge.Networks;
using Hdge.Reports;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Photos;

/// <summary>From a folder of pictures to a model, its report, and what it says of other pictures.</summary>
internal static class Job
{
    private const double TestShare = 0.2;

    public static void Run(Arguments arguments)
    {
        Directory.CreateDirectory(arguments.Out);
        string data = arguments.Data ?? Textures.Write(Path.Combine(arguments.Out, "materials"), Textures.Materials, each: 60);
        string? others = arguments.Score ?? (arguments.Data is null ? Textures.Write(Path.Combine(arguments.Out, "others"), Textures.Others, each: 20) : null);

        var ml = new MLContext(seed: 0);
        ml.Log += (_, entry) =>
        {
            if (entry.Source.Contains("Hdge", StringComparison.Ordinal))
                Console.WriteLine(entry.RawMessage);
        };
        var files = ml.Data.TrainTestSplit(ml.Data.LoadImageFolder(data), TestShare);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.Hdge(new HdgeTrainer.Options
            {
                FeatureColumnName = "ImagePath",
                ImageShape = new ImageShape(3, arguments.Side, arguments.Side),
                Photos = new PhotoOptions { Damaged = DamagedAction.SkipAndCount },
                Epochs = arguments.Epochs,
                Training = arguments.FromScratch ? FromScratch(arguments.Side) : Pretrained,
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"));
        Console.WriteLine(arguments.FromScratch ? "A small network learns everything from the pictures."
            : "The last layer is trained of ImageNet's ResNet-18, from the package Microsoft.ML.DnnImageFeaturizer.ResNet18 (61 MB, MIT licence). --scratch does without.");
        var clock = Stopwatch.StartNew();
        using var model = pipeline.Fit(files.TrainSet);
        Console.WriteLine(FormattableString.Invariant($"trained in {clock.Elapsed.TotalSeconds:F0} s"));

        var metrics = ml.MulticlassClassification.EvaluateHdge(model.Transform(files.TestSet));
        Console.WriteLine(FormattableString.Invariant($"test pictures: accuracy {metrics.Multiclass.MicroAccuracy:F3}, kept as in distribution {1 - metrics.FlaggedShare:P0}"));
        ml.Model.Save(model, files.TrainSet.Schema, Path.Combine(arguments.Out, "model.zip"));

        // The same model for the command line: hdge score FOLDER --model model.hdge
        HdgeTransformer hdge = HdgeTransformer.From(model);
        hdge.Model.Save(Path.Combine(arguments.Out, "model.hdge"));
        File.WriteAllLines(Path.Combine(arguments.Out, "classes.txt"), hdge.ClassNames);
        WriteReport(hdge, files.TestSet, others, Path.Combine(arguments.Out, "report.html"));
        if (others is not null)
            LookAt(ml, model, others);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"written in {arguments.Out}: model.zip, model.hdge, classes.txt, report.html");
        Console.WriteLine(FormattableString.Invariant($"all in {clock.Elapsed.TotalSeconds:F0} s ({process.TotalProcessorTime.TotalSeconds:F0} s of processor time), in at most {process.PeakWorkingSet64 >> 20} MiB of memory"));
    }

    private static DetectionOptions Detection => new() { Score = DetectionScore.Auto, Also = DetectorRegistry.GradientFree };

    /// <summary>Each picture passes the network once; what is trained is its last layer. A few hundred pictures are enough.</summary>
    private static TrainingOptions Pretrained => new()
    {
        Network = new ResNet18Options(),
        Pretrained = "imagenet-resnet18",
        Freeze = Freeze.Backbone,
        BatchSize = 128,
        Detection = Detection,
    };

    private static TrainingOptions FromScratch(int side) => new()
    {
        Network = new WideResNetOptions { Depth = 10, Width = 2 },
        BatchSize = 32,
        Augmentation = new AugmentationOptions { CropPadding = side / 8, HorizontalFlip = true },
        Detection = Detection,
    };

    private static void LookAt(MLContext ml, TransformerChain<KeyToValueMappingTransformer> model, string folder)
    {
        var rows = ml.Data.LoadFromEnumerable(ImageFolder.Files(folder).Select(path => new Picture { ImagePath = path }));
        var answers = ml.Data.CreateEnumerable<Answer>(model.Transform(rows), reuseRowObject: false).ToList();
        foreach (var answer in answers.Where((_, i) => i % Math.Max(1, answers.Count / 8) == 0))
            Console.WriteLine(FormattableString.Invariant($"  {Path.GetRelativePath(folder, answer.ImagePath),-24} {answer.PredictedClass,-10} confidence {answer.Confidence:P0}{(answer.IsInDistribution ? "" : ", unlike anything learnt")}"));
        Console.WriteLine(FormattableString.Invariant($"{answers.Count(a => !a.IsInDistribution)} of {answers.Count} pictures in '{folder}' are unlike anything learnt"));
    }

    private static void WriteReport(HdgeTransformer hdge, IDataView test, string? others, string path)
    {
        var numbers = hdge.ClassNames.Select((name, number) => (name, number)).ToDictionary(c => c.name, c => c.number);
        using LoadedImages known = Read([.. test.GetColumn<string>("ImagePath")], [.. test.GetColumn<string>("Label").Select(name => numbers[name])]);
        string[] other = others is null ? [] : ImageFolder.Files(others);
        using LoadedImages? unknown = other.Length > 0 ? Read(other, new int[other.Length]) : null;
        var evaluation = unknown is null ? null : new DetectionEvaluation(hdge.Model, known.Images, [new("others", unknown.Images)], DetectorRegistry.GradientFree);
        HtmlReport.Write(EvaluationReport.Of("Pictures of a folder", hdge.ClassNames, new KnownEvaluation(hdge.Model, known.Images), evaluation), path);

        LoadedImages Read(string[] paths, int[] labels) => new LabelledFiles(paths, labels, hdge.ClassNames).Read(hdge.ImageShape, hdge.Photos);
    }

    private sealed class Picture
    {
        /// <summary>Not known: but the pipeline's MapValueToKey asks for the column.</summary>
        public string Label { get; set; } = "";

        public string ImagePath { get; set; } = "";
    }

    private sealed class Answer
    {
        public string ImagePath { get; set; } = "";

        public string PredictedClass { get; set; } = "";

        public float Confidence { get; set; }

        public bool IsInDistribution { get; set; }
    }
}

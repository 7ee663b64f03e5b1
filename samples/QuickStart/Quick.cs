using Hdge.Metrics;
using System.Diagnostics;
using System.Text.Json;
using Hdge.Data;
using Hdge.Detection;
using Hdge.MLNet;
using Hdge.Training;
using Microsoft.ML;
using Spectre.Console;

namespace QuickStart;

/// <summary>The main job: train, evaluate, save, reload in a second process.</summary>
internal static class Quick
{
    public static int Run(Arguments arguments)
    {
        var ml = new MLContext(seed: 0);
        var train = Rows.Load(ml, arguments.Data, "train");
        var test = Rows.Load(ml, arguments.Data, "t10k");

        var options = new HdgeTrainer.Options
        {
            FeatureColumnName = "Pixels",
            ImageShape = new ImageShape(1, 28, 28),
            Training = new TrainingOptions
            {
                // The flag goes by whichever score tells held-out images from distorted ones best; the others are for the table.
                Detection = new DetectionOptions { Score = DetectionScore.Auto, Also = DetectorRegistry.GradientFree },
            },
        };
        if (arguments.Epochs is { } epochs)
            options.Epochs = epochs;
        var (model, seconds) = Train(ml, train, options);

        var scored = model.Transform(test);
        var unknown = s_unknown.Select(name => new UnknownSet<IDataView>(name, model.Transform(Rows.Load(ml, Path.Combine(Arguments.Shipped, name), "t10k", labelled: false)))).ToArray();
        var metrics = ml.MulticlassClassification.EvaluateHdge(scored, unknown);
        double accuracy = metrics.Multiclass.MicroAccuracy, ece = metrics.Uncalibrated.Ece, calibrated = metrics.Confidence.Ece;

        var table = new Table().AddColumns("test images", "value").Width(70);
        table.AddRow("accuracy", $"{accuracy:F3}");
        table.AddRow("ECE before → after calibration", $"{ece:F3} → {calibrated:F3}");
        table.AddRow("kept as in distribution", $"{1 - metrics.FlaggedShare:P1}");
        foreach (var set in metrics.Unknowns)
        {
            table.AddRow($"AUROC against {set.Name}", $"{set.Detection.Auroc:F3} ({set.FlaggedShare:P0} flagged)");
            table.AddRow("  of the log-density alone", $"{set.LogDensity!.Auroc:F3}");
        }
        table.AddRow("training", $"{seconds:F0} s");
        AnsiConsole.Write(table);

        Directory.CreateDirectory(arguments.Out);
        Report.Write(model, arguments.Data, s_unknown, Path.Combine(arguments.Out, "report.html"));

        string path = Path.Combine(arguments.Out, "model.zip"), scores = Path.Combine(arguments.Out, "scores.bin");
        ml.Model.Save(model, train.Schema, path);
        File.WriteAllBytes(scores, Reload.Scores(Rows.Predictions(ml, scored)));
        int exit = SecondProcess("reload", path, scores, arguments.Data);
        File.Delete(scores);

        var auroc = metrics.Unknowns.ToDictionary(set => set.Name, set => set.Detection.Auroc);
        var densityAuroc = metrics.Unknowns.ToDictionary(set => set.Name, set => set.LogDensity!.Auroc);
        var flagged = metrics.Unknowns.ToDictionary(set => set.Name, set => set.FlaggedShare);
        var summary = new { accuracy, ece, eceCalibrated = calibrated, auroc, densityAuroc, flagged, trainSeconds = Math.Round(seconds, 1), reloadedScoresEqual = exit == 0 };
        File.WriteAllText(Path.Combine(arguments.Out, "summary.json"), JsonSerializer.Serialize(summary, s_json));
        Console.WriteLine($"written in {arguments.Out}: model.zip, summary.json, report.html");
        return exit;
    }

    private static readonly string[] s_unknown = ["mnist", "notmnist"];

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    private static (ITransformer Model, double Seconds) Train(MLContext ml, IDataView train, HdgeTrainer.Options options) =>
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn()).Start(progress =>
        {
            var task = progress.AddTask("training", maxValue: options.Epochs ?? options.Training.Epochs);
            options.MetricsCallback = m =>
            {
                task.Value = m.Epoch;
                task.Description = $"epoch {m.Epoch}/{m.Epochs}: validation accuracy {m.ValidationAccuracy:P1}";
            };
            var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
                .Append(ml.MulticlassClassification.Trainers.Hdge(options))
                .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"))
                .Append(ml.Transforms.Conversion.MapKeyToValue("TrueClass", "Label"));
            var clock = Stopwatch.StartNew();
            return (pipeline.Fit(train), clock.Elapsed.TotalSeconds);
        });

    private static int SecondProcess(params string[] arguments)
    {
        // This program's own path, or dotnet's where that runs it.
        string program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            arguments = [typeof(Quick).Assembly.Location, .. arguments];
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        return process.ExitCode;
    }
}

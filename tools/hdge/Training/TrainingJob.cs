using System.Diagnostics;
using Hdge;
using Hdge.Data;
using Hdge.Reports;
using Hdge.Training;
using Hdge.Cli.Data;
using Hdge.Metrics;
using Spectre.Console;

namespace Hdge.Cli.Training;

/// <summary>Trains a model, tests it, and writes both into a folder.</summary>
internal static class TrainingJob
{
    public static string ModelPath(string folder) => Path.Combine(folder, "model.hdge");

    public static string CardPath(string folder) => Path.Combine(folder, "model-card.md");

    public static string MetricsPath(string folder) => Path.Combine(folder, "metrics.json");

    private static string CheckpointPath(string folder) => Path.Combine(folder, "checkpoint.hdge");

    /// <summary>Trains, or goes on where a killed run stopped, or answers what a finished run wrote.</summary>
    /// <param name="settings">What to train.</param>
    /// <param name="folder">Where model, metrics and, until they are there, the checkpoint go.</param>
    /// <param name="resume">False begins anew.</param>
    /// <param name="context">Shows progress, and ends the run: what is in the checkpoint stays.</param>
    /// <exception cref="ArgumentException">A setting is wrong, or the folder holds a finished run of other settings, or one to resume.</exception>
    public static RunSummary Run(TrainSettings settings, string folder, bool resume, CommandContext context) => Run(settings, folder, resume, context, together: null)!;

    /// <summary>The same by several processes; null on all but rank 0, which writes.</summary>
    /// <inheritdoc cref="Run(TrainSettings, string, bool, CommandContext)"/>
    public static RunSummary? Run(TrainSettings settings, string folder, bool resume, CommandContext context, TogetherRun? together)
    {
        var log = context.Output;
        bool writes = together is null or { IsRoot: true }, isFinished = writes && resume && File.Exists(MetricsPath(folder)) && File.Exists(ModelPath(folder));
        if (together?.Decide(isFinished) ?? isFinished)
        {
            if (!writes)
                return null;
            var finished = JsonFile.Read<RunSummary>(MetricsPath(folder));
            if (finished.Settings != settings)
                throw new ArgumentException($"'{folder}' holds a finished run of other settings ({string.Join(' ', finished.Settings.ToArguments())}): another --out, or no --resume.");
            log.WriteLine($"{settings.Objective}: finished already, in '{folder}'");
            return finished;
        }
        if (writes && !resume && (File.Exists(CheckpointPath(folder)) || File.Exists(CheckpointPath(folder) + ".members")))
            throw new ArgumentException($"'{folder}' holds a run that was not finished: --resume goes on with it, another --out leaves it.");
        var options = settings.ToOptions() with { Checkpoint = new() { Path = CheckpointPath(folder), Resume = resume }, Distributed = together?.Options };
        ImageShape? shape = settings.Shape is { } text ? ShapeText.Parse(text) : null;
        var skip = SkipDamaged.Of(settings.SkipDamaged, context);
        var data = DataFolder.Load(settings.Dataset, settings.Limit, shape, skip);
        var (train, test) = data;
        if (shape is { } wanted && train.Shape != wanted)
            throw new ArgumentException($"--shape is {wanted}, but the images in '{settings.Dataset}' are {train.Shape}: only photographs are brought to another shape.");
        options.Validate(train.Shape);
        options.ClassWeights.Validate(train.ClassCount);
        var validation = settings.Validation is { } path ? DataFolder.LoadTest(path, settings.Limit, train.ClassCount, train.Shape, data.ClassNames, skip) : null;
        if (writes)
            Directory.CreateDirectory(folder);
        log.WriteLine($"{settings.Objective}: {train.Count} training and {test?.Count ?? 0} test images of {train.Shape}, {train.ClassCount} classes; {NetworkNames.Of(options.Network)}, {options.Epochs} epochs{(together is null ? "" : $", {together.Size} processes")}");
        var (epochs, clock) = (new List<EpochMetrics>(), Stopwatch.StartNew());
        using var model = Train(train, validation, options, settings.Members, epochs, folder, context);
        if (!writes)
            return null;
        var ensemble = model as HdgeEnsemble;
        var first = model.Single ?? ensemble!.Members[0];
        ClassNames.Write(folder, data.ClassNames);
        model.Save(ModelPath(folder));
        int heldOut = validation is null ? train.HeldOutCount(options.ValidationFraction) : 0;
        int batch = options.BatchSize * (together?.Size ?? 1), stepsAnEpoch = (train.Count - heldOut + batch - 1) / batch;
        var network = epochs.Where(m => m.Stage == TrainingStage.Network).ToList(); // SupCon's linear layer comes after it
        var known = test is { Count: > 0 } ? new KnownEvaluation(model, test, context.Cancellation) : null;
        string title = $"{settings.Objective}, {NetworkNames.Of(options.Network)}";
        var report = known is null ? null : new ReportData
        {
            Title = settings.Objective,
            Subtitle = $"{known.Images.Count} test images of {known.Images.Shape}",
            Summary = [.. known.Summary(context.Cancellation), new("In distribution", known.Kept) { Format = "P1", Note = "known images kept" }],
        };
        if (ensemble is null)
            ModelCard.Write(CardPath(folder), title, first, data.ClassNames, report);
        else
            ModelCard.Write(CardPath(folder), title, ensemble, data.ClassNames, report);
        var metrics = new RunMetrics
        {
            Settings = settings,
            TrainImages = train.Count,
            Classes = train.ClassCount,
            EpochKept = first.Training!.EpochKept,
            Steps = (long)stepsAnEpoch * network.Count,
            Loss = network.Count > 0 ? network[^1].Loss : 0,
            ValidationAccuracy = ensemble is null ? (epochs[^1].Stage == TrainingStage.LinearLayer ? epochs[^1] : network[first.Training.EpochKept - 1]).ValidationAccuracy : first.Training.ValidationAccuracy,
            Test = known is null ? null : Test(known),
            Temperature = model.Temperature,
            StepMilliseconds = network.Select(m => m.StepTime).DefaultIfEmpty().Min().TotalMilliseconds,
            PeakMemoryMiB = PeakMemory(),
            Seconds = ensemble is null ? epochs[^1].Elapsed.TotalSeconds : clock.Elapsed.TotalSeconds,
            Epochs = epochs,
            Options = options,
        };
        JsonFile.Write(MetricsPath(folder), metrics);
        foreach (string left in Directory.GetFiles(folder, Path.GetFileName(CheckpointPath(folder)) + "*"))
            File.Delete(left);
        return metrics;
    }

    private static TestMetrics Test(KnownEvaluation known) => new(known.Images.Count, known.Before.Accuracy, known.Before.NegativeLogLikelihood, known.Before.Ece, known.After.Ece);

    private static IEvaluatedModel Train(ImageSet images, ImageSet? validation, TrainingOptions options, int? members, List<EpochMetrics> epochs, string folder, CommandContext context)
    {
        try
        {
            if (!context.Console.Profile.Capabilities.Interactive)
                return Run(m => context.Output.WriteLine(m.ToString()));
            return context.Console.Progress().Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn()).Start(progress =>
            {
                var task = progress.AddTask("training", maxValue: options.Epochs);
                return Run(m =>
                {
                    task.Value = m.Epoch;
                    task.Description = $"epoch {m.Epoch}/{m.Epochs}: loss {m.Loss:F3}, validation accuracy {m.ValidationAccuracy:P1}";
                });
            });
        }
        catch (DivergenceException error) when (error.LastGoodModel is { } good)
        {
            good.Save(Path.Combine(folder, "last-good.hdge"));
            throw;
        }

        IEvaluatedModel Run(Action<EpochMetrics> show)
        {
            var callbacks = new TrainingCallbacks
            {
                Epoch = m =>
                {
                    epochs.Add(m);
                    show(m);
                },
                Ended = end => context.Output.WriteLine(end.ToString()),
                Log = context.Output.WriteLine,
            };
            return members is { } count ? HdgeEnsemble.Train(images, validation, options, count, callbacks, context.Cancellation) : ModelTrainer.Train(images, validation, options, callbacks, context.Cancellation);
        }
    }

    private static double? PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 > 0 ? process.PeakWorkingSet64 / (1024.0 * 1024.0) : null;
    }
}

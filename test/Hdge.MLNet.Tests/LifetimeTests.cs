using System.Diagnostics;
using System.Reflection;
using Hdge.Detection;
using Hdge.MLNet.Tests.Data;
using Hdge.Tests.Lifetimes;
using Hdge.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Tests;

/// <summary>For tests that change the process's number of threads.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>Tensors, transformers and threads come to a good end.</summary>
[Collection(nameof(Alone))]
public sealed class LifetimeTests : IDisposable
{
    private static readonly Dictionary<string, Action> s_operations = new()
    {
        ["fit"] = () => Trained.Fit(Trained.Context, Trained.QuickOptions()).Dispose(),
        ["fit, Auto"] = () =>
        {
            HdgeTrainer.Options options = Trained.QuickOptions();
            options.DetectionScore = DetectionScore.Auto;
            Trained.Fit(Trained.Context, options).Dispose();
        },
        ["transform"] = () => Trained.Rows(Trained.Context, Trained.Model.Transform(Trained.View(Trained.Context, 40))),
        ["abandon a cursor"] = () =>
        {
            IDataView scored = Trained.Model.Transform(Trained.View(Trained.Context, 40));
            using DataViewRowCursor cursor = scored.GetRowCursor(scored.Schema);
            cursor.MoveNext();
            float density = 0;
            cursor.GetGetter<float>(scored.Schema["LogDensity"])(ref density);
        },
        ["predict"] = () =>
        {
            using var engine = Trained.Context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(Trained.Model, new PredictionEngineOptions { OwnsTransformer = false });
            engine.Predict(TinyImages.Labelled(1)[0]);
        },
        ["evaluate"] = () => Trained.Context.MulticlassClassification.EvaluateHdge(
            Trained.Model.Transform(Trained.View(Trained.Context, 40)), new HdgeEvaluationOptions { DetectionScoreColumnName = "LogDensity" }),
        ["save and load"] = () =>
        {
            using var file = new MemoryStream();
            Trained.Context.Model.Save(Trained.Model, Trained.View(Trained.Context, 1).Schema, file);
            file.Position = 0;
            ((IDisposable)Trained.Context.Model.Load(file, out _)).Dispose();
        },
        ["calibrate"] = () => Trained.Context.MulticlassClassification.Calibrators.Isotonic().Fit(Trained.Model.Transform(Trained.View(Trained.Context, 60, first: 400))),
    };

    private readonly string _file = Path.GetTempFileName();

    public static TheoryData<string> Operations => [.. s_operations.Keys];

    public void Dispose() => File.Delete(_file);

    [Theory]
    [MemberData(nameof(Operations))]
    public void A7_NoTensorStaysBehind(string operation)
    {
        s_operations[operation]();
        Assert.Equal(0, LiveTensors.Left(s_operations[operation]));
    }

    [Fact]
    public async Task A2_EnginesRefuseOnceTheTransformerIsGone()
    {
        var chain = Trained.Fit(Trained.Context, Trained.QuickOptions());
        using var started = new CountdownEvent(4);
        Task[] tasks = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var engine = Trained.Context.Model.CreatePredictionEngine<LabelledImage, ScoredImage>(chain, new PredictionEngineOptions { OwnsTransformer = false });
            started.Signal();
            while (true)
                engine.Predict(TinyImages.Labelled(1)[0]);
        }))];
        started.Wait();
        chain.LastTransformer.Model.Dispose(); // the model itself, behind the transformer's back
        foreach (Task task in tasks)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task);
        chain.Dispose();
    }

    [Fact]
    public void A2_SavingADisposedTransformerIsRefused()
    {
        var chain = Trained.Fit(Trained.Context, Trained.QuickOptions());
        chain.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Trained.Context.Model.Save(chain.LastTransformer, Trained.View(Trained.Context, 1).Schema, _file));
    }

    [Fact]
    public void A8_TheLogNamesTheThreadsAndAnOptionSetsThem()
    {
        int before = TorchSharp.torch.get_num_threads();
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Training = options.Training with { Threads = 3 };
        int during = 0;
        options.MetricsCallback = _ => during = TorchSharp.torch.get_num_threads();
        MLContext context = Trained.Context;
        var lines = new List<string>();
        context.Log += (_, entry) => lines.Add(entry.Message);
        using var model = Trained.Fit(context, options);

        Assert.Contains(lines, line => line.Contains("Computing with 3 threads", StringComparison.Ordinal));
        Assert.Equal((3, before), (during, TorchSharp.torch.get_num_threads()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Trained.Fit(context, new HdgeTrainer.Options { Training = new TrainingOptions { Threads = 0 } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.LastTransformer.Model.Threads = 0);
    }

    [Fact]
    public void A8_ScoringComputesWithTheModelsThreads()
    {
        using var model = Trained.Fit(Trained.Context, Trained.QuickOptions()).LastTransformer;
        int found = 0, other = 0;
        model.Model.Threads = 2;
        var thread = new Thread(() =>
        {
            Trained.Rows(Trained.Context, model.Transform(Trained.View(Trained.Context, 3)));
            found = TorchSharp.torch.get_num_threads();
            model.Model.Threads = null;
            Trained.Rows(Trained.Context, model.Transform(Trained.View(Trained.Context, 3)));
            other = TorchSharp.torch.get_num_threads();
        });
        thread.Start();
        thread.Join();
        Assert.Equal((2, 2), (found, other));
    }

    [Theory]
    [InlineData(null, "PASSIVE")]
    [InlineData("ACTIVE", "ACTIVE")]
    public async Task A8_OpenMpWaitsPassivelyUnlessToldOtherwise(string? set, string expected)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Trained.Context.Model.Save(Trained.Model, Trained.View(Trained.Context, 1).Schema, _file);
        string app = typeof(LifetimeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "LoadApp").Value!;
        var start = new ProcessStartInfo("dotnet", [app, _file, "2"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string name in new[] { "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "OMP_NUM_THREADS" })
            start.Environment.Remove(name);
        start.Environment["OMP_DISPLAY_ENV"] = "VERBOSE"; // libgomp tells what it read
        if (set is not null)
            start.Environment["OMP_WAIT_POLICY"] = set;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string told = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        await output;
        Assert.Contains($"OMP_WAIT_POLICY = '{expected}'", told, StringComparison.Ordinal);
        if (set is null)
            Assert.Contains("GOMP_SPINCOUNT = '0'", told, StringComparison.Ordinal);
    }
}

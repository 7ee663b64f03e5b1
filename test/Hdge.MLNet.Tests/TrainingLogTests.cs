using Hdge.MLNet.Tests.Data;
using Microsoft.ML;
using TorchSharp;

namespace Hdge.MLNet.Tests;

/// <summary>The log says what is trained, where, and on what.</summary>
public class TrainingLogTests
{
    [Fact]
    public void B13_EveryRunNamesWhatItTrainsAndWhere()
    {
        MLContext context = Trained.Context;
        var log = new Log(context);
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Device = "cpu";
        Trained.Fit(context, options).Dispose();

        string line = Assert.Single(log.Infos, info => info.StartsWith("Training on ", StringComparison.Ordinal));
        Assert.Contains("150 images of 1x8x8 in 3 classes, 30 of them held out", line, StringComparison.Ordinal);
        Assert.Contains("WRN-10-1 (batch norm) with ", line, StringComparison.Ordinal);
        Assert.EndsWith(" parameters on cpu.", line, StringComparison.Ordinal);
    }

    [Fact]
    public void B13_ParametersAreCounted()
    {
        MLContext context = Trained.Context;
        var log = new Log(context);
        HdgeTrainer.Options options = Trained.QuickOptions();
        options.Training = options.Training with { Network = new Networks.WideResNetOptions { Normalization = Networks.Normalization.None } };
        Trained.Fit(context, options).Dispose();

        // The published network has 77,706 for 3 channels and 10 classes: 2 channels · 9 · 16 and 7 classes · 65 less here.
        Assert.Contains(log.Infos, info => info.Contains("WRN-10-1 (no norm) with 76,963 parameters", StringComparison.Ordinal));
    }

    [Fact]
    public void B13_ACpuInPlaceOfAGpuIsToldInTrainingAndLoading()
    {
        if (torch.cuda.is_available() && torch.cuda.device_count() > 97)
            return; // then there is such a GPU
        var context = new MLContext(seed: 1) { GpuDeviceId = 97, FallbackToCpu = true };
        var log = new Log(context);
        using var model = Trained.Fit(context, Trained.QuickOptions());
        Assert.All(["GpuDeviceId is 97", "CPU", "FallbackToCpu"], word => Assert.Contains(word, Assert.Single(log.Warnings, IsDevice), StringComparison.Ordinal));

        using var file = new MemoryStream();
        context.Model.Save(model, null, file);
        file.Position = 0;
        (context.Model.Load(file, out _) as IDisposable)?.Dispose();
        Assert.Equal(2, log.Warnings.Count(IsDevice));

        static bool IsDevice(string line) => line.Contains("CUDA", StringComparison.Ordinal);
    }
}

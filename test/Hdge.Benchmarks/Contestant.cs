using System.Diagnostics;
using Hdge.Data;
using Hdge.Networks;
using Hdge.Objectives;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Benchmarks;

/// <summary>A network that trains on one batch with one objective, as training does it: our optimiser, Nesterov momentum, weight decay.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly Backbone _network;
    private readonly IObjective _objective;
    private readonly Optimizer _optimizer;
    private readonly Tensor _images, _labels;

    /// <param name="options">The network.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="objective">What it is trained with.</param>
    /// <param name="batch">Images a step, of 3×32×32.</param>
    /// <param name="mixed">In bfloat16.</param>
    /// <param name="channelsLast">As training has it; false for the layout of the time before.</param>
    /// <param name="device">Where.</param>
    public Contestant(NetworkOptions options, int classes, ObjectiveOptions objective, int batch = 64, bool mixed = false, bool channelsLast = true, Device? device = null)
    {
        device ??= CPU;
        var shape = new ImageShape(3, 32, 32);
        _network = options.Create(shape, classes);
        _network.to(device);
        if (channelsLast)
            Layers.UseChannelsLast(_network);
        _network.IsMixed = mixed;
        _objective = objective.Create(new ObjectiveContext(_network, new PixelScaling(), device, Seed: 0));
        _optimizer = new Sgd([new([.. _network.parameters()])], 5e-4, 0.9, nesterov: true) { LearningRate = 0.01 };
        using var host = rand(batch, shape.Channels, shape.Height, shape.Width).mul_(2).sub_(1);
        _images = host.to(device, copy: true);
        _labels = arange(batch, dtype: int64, device: device).remainder_(classes);
    }

    /// <summary>Processor time of a step in milliseconds: what other processes do hardly changes it.</summary>
    public double Time(int steps = 1)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (int i = 0; i < steps; i++)
            Step(i);
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMilliseconds / steps;
    }

    public void Step(int seed = 0) => Step(_images, _labels, seed);

    public void Step(Tensor images, Tensor labels, int seed = 0)
    {
        using var scope = NewDisposeScope();
        using var terms = _objective.Compute(new TrainingStep(_network, images, labels) { Seed = seed });
        _optimizer.ZeroGradients();
        terms.Loss.backward();
        _optimizer.Step();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _objective.Dispose();
        _images.Dispose();
        _labels.Dispose();
    }
}

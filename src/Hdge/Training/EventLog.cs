using TorchSharp;
using TorchSharp.Modules;

namespace Hdge.Training;

/// <summary>
/// A run's epochs as TensorBoard events, by TorchSharp's writer, which opens, flushes and closes the file with each: a run that is killed has all its whole epochs on the disk. A resumed run writes a further file
/// of the folder, which TensorBoard shows as the same run.
/// </summary>
internal sealed class EventLog
{
    private readonly SummaryWriter _writer;
    private readonly string _folder;
    private readonly Action<string>? _log;
    private bool _failing;

    /// <summary>Begins a file.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public EventLog(string folder, Action<string>? log)
    {
        (_folder, _log) = (folder, log);
        try
        {
            _writer = torch.utils.tensorboard.SummaryWriter(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{nameof(TrainingOptions.LogDirectory)} is '{folder}', where no events can be written: {error.Message} Expected a folder that can be written to.", error);
        }
    }

    /// <summary>Writes an epoch's numbers; the step of an event is the epoch, from 1. Where that fails the run goes on, and it is told once.</summary>
    public void Add(EpochMetrics epoch)
    {
        string stage = epoch.Stage == TrainingStage.LinearLayer ? "linear_" : "";
        (string Tag, double? Value)[] numbers =
        [
            ("loss/train", epoch.Loss), ("loss/cross_entropy", epoch.CrossEntropy), ("loss/contrastive", epoch.Contrastive), ("loss/density", epoch.Density), ("loss/validation", epoch.ValidationLoss),
            ("accuracy/train", epoch.TrainAccuracy), ("accuracy/validation", epoch.ValidationAccuracy), ("ece/validation", epoch.ValidationEce), ("learning_rate", epoch.LearningRate),
            ("seconds/step", epoch.StepTime > TimeSpan.Zero ? epoch.StepTime.TotalSeconds : null), ("seconds/run", epoch.Elapsed.TotalSeconds),
        ];
        try
        {
            foreach (var (tag, value) in numbers)
                if (value is { } number)
                    _writer.add_scalar(stage + tag, (float)number, epoch.Epoch);
            _failing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                _log?.Invoke($"The events of epoch {epoch.Epoch} could not be written to '{_folder}': {error.Message} Training goes on, and it is tried again after every epoch.");
            _failing = true;
        }
    }
}

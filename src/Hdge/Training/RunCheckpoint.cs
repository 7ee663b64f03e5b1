using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>A run's checkpoint: when it is due, what it must agree with, how the run goes on from it.</summary>
internal sealed class RunCheckpoint(CheckpointOptions checkpoint, SortedDictionary<string, string> options, string images)
{
    /// <summary>Puts the saved state into the run; null where there is none yet or none is asked for.</summary>
    /// <exception cref="IOException">There is one, and the run is not to resume.</exception>
    /// <exception cref="ArgumentException">It belongs to another run.</exception>
    /// <exception cref="InvalidDataException">It is damaged, and so is the one before it.</exception>
    public CheckpointDescription? Resume(RunState state, Action<string> log)
    {
        if (!checkpoint.Resume)
        {
            if (File.Exists(checkpoint.Path) || File.Exists(Checkpoint.Previous(checkpoint.Path)))
                throw new IOException($"There is a checkpoint '{checkpoint.Path}' already: resume it ({nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)}), or take another path, so that it is not lost.");
            return null;
        }
        if (Checkpoint.ReadNewest(checkpoint.Path, log) is not { } saved)
            return null;
        try
        {
            saved.Description.RequireSameRun(options, images, saved.Path);
            state.Restore(saved.Tensors);
            log($"Going on from '{saved.Path}' after epoch {saved.Description.Epoch}.");
            return saved.Description;
        }
        finally
        {
            foreach (var tensor in saved.Tensors.Values)
                tensor.Dispose();
        }
    }

    public bool IsDue(int epoch, int epochs) => epoch % checkpoint.EveryEpochs == 0 || epoch == epochs;

    public void Write(RunState state, IReadOnlyList<EpochMetrics> metrics, int restarts, double? lossLimit)
    {
        using var scope = NewDisposeScope();
        Checkpoint.Write(checkpoint.Path, new CheckpointDescription
        {
            FormatVersion = CheckpointDescription.CurrentVersion,
            Epoch = metrics.Count,
            Restarts = restarts,
            LossLimit = lossLimit,
            Metrics = metrics,
            Options = options,
            Images = images,
        }, state.Tensors());
    }
}

using System.Text.Json;
using Hdge.Persistence;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>A run's checkpoint: when it is due, what it must agree with, how the run goes on from it, and what happens where it cannot be written. Of several processes rank 0 alone sees the files.</summary>
internal sealed class RunCheckpoint(CheckpointOptions checkpoint, SortedDictionary<string, string> options, string images, Action<string> log, SharedRun? shared = null)
{
    private readonly CheckpointFiles _files = new(checkpoint.Path);
    private bool _failing;

    /// <summary>Puts the saved state into the run; null where there is none yet or none is asked for.</summary>
    /// <exception cref="IOException">There is one, and the run is not to resume.</exception>
    /// <exception cref="ArgumentException">It belongs to another run.</exception>
    /// <exception cref="InvalidDataException">It is damaged, and so is the one before it.</exception>
    public CheckpointDescription? Resume(RunState state, BestEpoch best)
    {
        (CheckpointDescription Description, Dictionary<string, Tensor> Tensors, string Path)? found = null;
        if (shared is null)
            found = Read();
        else
        {
            shared.OnRoot(() => found = Read());
            string description = shared.Exchange(found is { } mine ? JsonSerializer.Serialize(mine.Description, StrictJson.Compact) : "")[0];
            if (description.Length > 0)
                found = (JsonSerializer.Deserialize<CheckpointDescription>(description, StrictJson.Compact)!, shared.Broadcast(found?.Tensors), checkpoint.Path);
        }
        if (found is not { } saved)
            return null;
        Tensor[] all = [.. saved.Tensors.Values];
        try
        {
            best.Resume(saved.Description, saved.Tensors, state);
            log($"Going on from '{saved.Path}' after epoch {saved.Description.Epoch}.");
            return saved.Description;
        }
        finally
        {
            foreach (var tensor in all)
                tensor.Dispose();
        }
    }

    private (CheckpointDescription Description, Dictionary<string, Tensor> Tensors, string Path)? Read()
    {
        if (!checkpoint.Resume)
        {
            if (_files.Exist)
                throw new IOException($"There is a checkpoint '{checkpoint.Path}' already: resume it ({nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)}), or take another path, so that it is not lost.");
            return null;
        }
        var saved = _files.ReadNewest(log);
        try
        {
            saved?.Description.RequireSameRun(options, images, saved.Value.Path);
            return saved;
        }
        catch
        {
            foreach (var tensor in saved!.Value.Tensors.Values)
                tensor.Dispose();
            throw;
        }
    }

    public bool IsDue(int epoch, bool last) => last || epoch % checkpoint.EveryEpochs == 0;

    /// <summary>Checks, before work is done that could be lost, that the folder can be written to and has room for the files.</summary>
    /// <param name="state">The run's.</param>
    /// <param name="best">The best epoch's weights may be saved besides.</param>
    /// <param name="epochs">Epochs to come.</param>
    /// <exception cref="IOException">It cannot, or has not.</exception>
    public void RequireRoom(RunState state, BestEpoch best, int epochs) => SharedRun.OnRoot(shared, () => Probe(state, best, epochs));

    private void Probe(RunState state, BestEpoch best, int epochs)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(checkpoint.Path))!, probe = checkpoint.Path + ".probe";
        try
        {
            Directory.CreateDirectory(folder);
            using var file = new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            file.WriteByte(0);
            file.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The checkpoint '{checkpoint.Path}' cannot be written: {error.Message} Expected a folder that can be written to; choose another {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Path)}.", error);
        }
        long files = Math.Min(3, (epochs + checkpoint.EveryEpochs - 1) / checkpoint.EveryEpochs); // the newest, the one before, the one being written
        long needed = files * state.Length(best.Copies) - _files.Length;
        if (Free(folder) is { } free && free < needed)
            throw new IOException($"The checkpoint '{checkpoint.Path}' needs about {needed} bytes ({files} files), but there are {free} free. Make room, or choose another {nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Path)}.");
    }

    /// <summary>Bytes that are free; null where the system does not tell: on some network shares and file systems.</summary>
    private static long? Free(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return drive.TotalSize > 0 ? drive.AvailableFreeSpace : null;
        }
        catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes the state. Where that fails the run goes on, for it is worth more than its checkpoint: it is told once, and tried again when the next one is due.</summary>
    public void Write(RunState state, BestEpoch best, IReadOnlyList<EpochMetrics> metrics, int restarts, double? lossLimit)
    {
        if (shared is { IsRoot: false })
            return;
        using var scope = NewDisposeScope();
        var description = new CheckpointDescription
        {
            FormatVersion = CheckpointDescription.CurrentVersion,
            Epoch = metrics.Count,
            Restarts = restarts,
            LossLimit = lossLimit,
            BestEpoch = best.Metrics?.Epoch,
            Metrics = metrics,
            Options = options,
            Images = images,
        };
        try
        {
            _files.Write(description, state.Tensors().Concat(best.Tensors(metrics.Count)).ToDictionary());
            if (_failing)
                log($"The checkpoint '{checkpoint.Path}' is written again, after epoch {metrics.Count}.");
            _failing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_failing)
                log($"The checkpoint '{checkpoint.Path}' could not be written after epoch {metrics.Count}: {error.Message} Training goes on, what was saved before stays, and it is tried again every {checkpoint.EveryEpochs} epoch(s).");
            _failing = true;
        }
    }
}

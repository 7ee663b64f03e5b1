using System.Text.Json;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Distributed;
using Hdge.Persistence;
using Hdge.Training;
using static TorchSharp.torch;

namespace Hdge;

/// <summary>Trains the members of an ensemble one after another; what is finished is in a file before the next begins.</summary>
internal static class EnsembleTraining
{
    /// <summary>What a run that can be resumed depends on: options and a fingerprint of the images.</summary>
    private sealed record Progress(SortedDictionary<string, string> Options, string Images);

    public static HdgeEnsemble Run(ImageSet images, ImageSet? validation, TrainingOptions options, int members, TrainingCallbacks callbacks, CancellationToken cancellationToken)
    {
        options.Validate(images.Shape);
        var (train, heldOut) = validation is null ? images.Split(options.ValidationFraction, Seeds.Mix(options.Seed, SeedStream.HeldOutImages)) : (images, validation);
        bool holdsOut = heldOut.Count > 0;
        using var ranks = options.Distributed?.Connect() ?? new SingleProcess();
        var shared = ranks.Size > 1 ? new SharedRun(new Shard(ranks)) : null;
        if (shared is { IsRoot: false })
            callbacks = new();
        if (options.Checkpoint is { } checkpoint)
            SharedRun.OnRoot(shared, () => Begin(checkpoint, new(OptionText.Of(options with { Checkpoint = null }), CheckpointDescription.Fingerprint(images, heldOut))));
        var trained = new List<HdgeModel>();
        try
        {
            for (int i = 0; i < members && (i == 0 || !IsCancelled() || options.OnCancel != CancelBehavior.ReturnBestSoFar); i++)
            {
                var own = Member(options, i, i == 0 ? options.Detection.Score : trained[0].Decision.Score);
                string? finished = own.Checkpoint is { } file ? Finished(file.Path) : null;
                if (finished is not null && Any(ranks.Rank == 0 && File.Exists(finished)))
                {
                    callbacks.Log?.Invoke($"Member {i + 1} of {members} is finished: '{finished}'.");
                    trained.Add(Kept(finished, options.Device, ranks, shared));
                    continue;
                }
                if (members > 1)
                    callbacks.Log?.Invoke($"Member {i + 1} of {members}.");
                trained.Add(ModelTrainer.Train(holdsOut ? train : images, holdsOut ? heldOut : null, holdsOut ? own : own with { ValidationFraction = 0 }, callbacks, cancellationToken));
                if (finished is null || IsCancelled())
                    continue;
                SharedRun.OnRoot(shared, () =>
                {
                    trained[^1].Save(finished);
                    foreach (string left in (string[])[own.Checkpoint!.Path, own.Checkpoint.Path + ".previous"])
                        File.Delete(left);
                });
            }
            var ensemble = new HdgeEnsemble(trained);
            ensemble.Calibrate(holdsOut ? heldOut : train, options.InDistributionRate, holdsOut ? options.CalibrationMethod : CalibrationMethod.None, holdsOut ? options.PredictionSets : null,
                seed: Seeds.Mix(options.Seed, SeedStream.Calibration), cancellationToken: options.OnCancel == CancelBehavior.ReturnBestSoFar ? CancellationToken.None : cancellationToken);
            return ensemble;
        }
        catch
        {
            foreach (var model in trained)
                model.Dispose();
            throw;
        }

        bool Any(bool here) => shared?.Any(here) ?? here;

        bool IsCancelled() => Any(cancellationToken.IsCancellationRequested); // on any rank: all do the same
    }

    /// <summary>A finished member; only rank 0's machine need have its file.</summary>
    private static HdgeModel Kept(string path, string? device, ICollective ranks, SharedRun? shared)
    {
        if (shared is null)
            return HdgeModel.Load(path, device);
        using var on = Autograd.On();
        byte[] bytes = [];
        shared.OnRoot(() => bytes = File.ReadAllBytes(path));
        using var file = shared.Broadcast(shared.IsRoot ? new Dictionary<string, Tensor> { ["file"] = tensor(bytes) } : null)["file"];
        using var stream = new MemoryStream(TensorMemory.Span<byte>(file).ToArray());
        return ModelFile.Named(path, stream, content => ModelFile.Read(content, Devices.Resolve(device, ranks.LocalRank)));
    }

    /// <summary>The options of one member: a seed, a checkpoint and a log of its own.</summary>
    private static TrainingOptions Member(TrainingOptions options, int number, DetectionScore score) => options with
    {
        Seed = number == 0 ? options.Seed : Seeds.Mix(options.Seed, SeedStream.Members, number),
        Detection = options.Detection with { Score = score },
        Checkpoint = options.Checkpoint is { } checkpoint ? checkpoint with { Path = $"{checkpoint.Path}.member{number + 1}" } : null,
        LogDirectory = options.LogDirectory is { } folder ? Path.Combine(folder, $"member{number + 1}") : null,
    };

    private static string Finished(string checkpoint) => checkpoint + ".finished";

    /// <summary>Writes down what the run is, or checks that it is the one to resume.</summary>
    private static void Begin(CheckpointOptions checkpoint, Progress progress)
    {
        checkpoint.Validate();
        string path = checkpoint.Path + ".members";
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            WholeFile.Write(path, stream => JsonSerializer.Serialize(stream, progress, StrictJson.Indented));
            return;
        }
        if (!checkpoint.Resume)
            throw new IOException($"There is an ensemble that was begun, '{path}', already: resume it ({nameof(CheckpointOptions)}.{nameof(CheckpointOptions.Resume)}), or take another path, so that it is not lost.");
        var begun = StrictJson.Read<Progress>(File.ReadAllBytes(path), $"'{path}'", StrictJson.Indented);
        CheckpointDescription.RequireSameRun(begun.Options, progress.Options, begun.Images == progress.Images, path);
    }
}

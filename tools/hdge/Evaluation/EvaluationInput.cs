using Hdge.Metrics;
using Hdge.Cli.Data;
using Hdge.Cli.Scoring;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Reports;

namespace Hdge.Cli.Evaluation;

/// <summary>The model and the images that an evaluation was asked for.</summary>
internal sealed class EvaluationInput : IDisposable
{
    private EvaluationInput(IEvaluatedModel model, EvaluateSettings settings, CommandContext context)
    {
        var skip = SkipDamaged.Of(settings.SkipDamaged, context);
        Model = model;
        var scores = ScoreNames.Read(settings.Scores);
        var names = Data.ClassNames.Read(settings.Model, settings.Classes, model.ClassCount);
        ClassNames = names ?? [.. Enumerable.Range(0, model.ClassCount).Select(c => $"class {c}")];
        Known = DataFolder.LoadTest(settings.Known, settings.Limit, model.ClassCount, model.InputShape, names, skip);
        if (Known.Shape != model.InputShape)
            throw new InvalidDataException($"The images in '{settings.Known}' are {Known.Shape}, the model takes {model.InputShape}.");
        if (Known.Count == 0)
            throw new InvalidDataException($"'{settings.Known}' has no images.");
        OpenOod = settings.Sets is { } sets ? OpenOodSets.Read(sets, Known.Shape, settings.Limit) : null;
        Unknown = OpenOod?.Found ?? UnknownSets.Read(settings.Unknown, Known, settings.Limit, skip);
        Scores = Unknown.Count == 0 ? [] : Given(model, scores, settings);
    }

    /// <summary>A model, or an ensemble.</summary>
    public IEvaluatedModel Model { get; }

    public IReadOnlyList<string> ClassNames { get; }

    public ImageSet Known { get; }

    public IReadOnlyList<UnknownSet<ImageSet>> Unknown { get; }

    /// <summary>The sets of OpenOOD's protocol; null for another.</summary>
    public OpenOodSets? OpenOod { get; }

    /// <summary>Those asked for that the model can give.</summary>
    public IReadOnlyList<DetectionScore> Scores { get; }

    /// <exception cref="IOException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or its images are not of the model's shape and classes.</exception>
    /// <exception cref="ArgumentException">A name is unknown.</exception>
    public static EvaluationInput Read(EvaluateSettings settings, CommandContext context)
    {
        ScoreNames.Read(settings.Scores); // before anything is loaded
        var model = ModelLoading.Load(settings.Model, settings.Device);
        try
        {
            return new(model, settings, context);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void Dispose() => Model.Dispose();

    /// <summary>How well the scores tell the unknown images; null where there are none.</summary>
    public DetectionEvaluation? Detection(Func<ImageSet, int, ImageSet>? prepare, CancellationToken cancellationToken) =>
        Unknown.Count == 0 ? null : new(Model, Known, Unknown, Scores, prepare, cancellationToken);

    /// <summary>The scores that the model can give; one that was asked for by name must be among them.</summary>
    private static DetectionScore[] Given(IEvaluatedModel model, IReadOnlyList<DetectionScore> scores, EvaluateSettings settings)
    {
        var available = model.Available;
        bool byName = settings.Scores.Any(s => s is not (ScoreNames.Free or ScoreNames.All));
        var missing = scores.Where(s => !available.Contains(s)).ToArray();
        if (byName && missing.Length > 0)
            throw new ArgumentException($"The model was not fitted for {string.Join(", ", missing.Select(s => s.Name))}; it gives {string.Join(", ", available.Select(s => s.Name))}.");
        return [.. scores.Where(available.Contains)];
    }
}

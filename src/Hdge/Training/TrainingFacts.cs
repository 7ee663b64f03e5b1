using Hdge.Data;

namespace Hdge.Training;

/// <summary>What a model was trained on, and how: kept in its file, for its model card.</summary>
public sealed record TrainingFacts
{
    private const int MostClasses = 10_000; // more would make a file of counts

    /// <summary>Images trained on, one number a class; empty for more than 10,000 classes.</summary>
    public required IReadOnlyList<int> TrainingImages { get; init; }

    /// <summary>Images held out for validation, calibration and decision, one number a class; empty for more than 10,000 classes.</summary>
    public required IReadOnlyList<int> HeldOutImages { get; init; }

    /// <summary>Whether these were a set of their own and not a part of the images given to train on.</summary>
    public required bool HasValidationSet { get; init; }

    /// <summary>Whether images had weights of their own.</summary>
    public required bool HasExampleWeights { get; init; }

    /// <summary>The run's options that differ from the defaults, by name: "Objective.Alpha" is "0.5". Where it ran and saved is not among them.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>Epochs that were run.</summary>
    public required int Epochs { get; init; }

    /// <summary>The one whose weights the model has, 1-based.</summary>
    public required int EpochKept { get; init; }

    /// <summary>Accuracy on the held-out images after it (<see cref="EpochMetrics.ValidationAccuracy"/>), 0..1; null without any.</summary>
    public required double? ValidationAccuracy { get; init; }

    internal static TrainingFacts Of(ImageSet train, ImageSet heldOut, bool hasValidationSet, bool hasWeights, TrainingOptions options, TrainingEnd end)
    {
        var defaults = OptionText.Of(new());
        return new()
        {
            TrainingImages = Counts(train),
            HeldOutImages = Counts(heldOut),
            HasValidationSet = hasValidationSet,
            HasExampleWeights = hasWeights,
            Options = OptionText.Of(options).Where(option => defaults.GetValueOrDefault(option.Key) != option.Value).ToDictionary(),
            Epochs = end.Epochs,
            EpochKept = end.Kept.Epoch,
            ValidationAccuracy = end.Kept.ValidationAccuracy,
        };
    }

    /// <exception cref="InvalidDataException">A value makes no sense.</exception>
    internal void Validate(int classCount)
    {
        Check(TrainingImages, nameof(TrainingImages));
        Check(HeldOutImages, nameof(HeldOutImages));
        if (EpochKept < 1 || EpochKept > Epochs || !(ValidationAccuracy is null or (>= 0 and <= 1)))
            throw new InvalidDataException(FormattableString.Invariant($"The training's facts tell of epoch {EpochKept} of {Epochs} with a validation accuracy of {ValidationAccuracy}, expected 1..{Epochs} and 0..1."));

        void Check(IReadOnlyList<int> counts, string name)
        {
            if (counts.Count != (classCount > MostClasses ? 0 : classCount) || counts.Any(count => count < 0))
                throw new InvalidDataException($"The training's facts have {counts.Count} {name}, expected one count of at least 0 for each of {classCount} classes (none above {MostClasses}).");
        }
    }

    private static int[] Counts(ImageSet images)
    {
        var counts = new int[images.ClassCount > MostClasses ? 0 : images.ClassCount];
        foreach (int label in images.Labels)
            if (counts.Length > 0)
                counts[label]++;
        return counts;
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

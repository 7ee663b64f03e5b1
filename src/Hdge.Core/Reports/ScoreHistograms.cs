namespace Hdge.Reports;

/// <summary>One in-distribution score of known images against those of unknown sets: one histogram a set, all over the same bins.</summary>
/// <param name="ScoreName">Label of the axis, with the unit: "log-density (nats)".</param>
/// <param name="Known">Scores of the known images; infinite ones are counted in the bin at the end, NaN is refused.</param>
/// <param name="Unknown">At least one set.</param>
public sealed record ScoreHistograms(string ScoreName, NamedScores Known, IReadOnlyList<NamedScores> Unknown);

/// <summary>Scores of a set of images.</summary>
/// <param name="Name">Name of the set.</param>
/// <param name="Scores">At least one score, no NaN.</param>
public sealed record NamedScores(string Name, ReadOnlyMemory<float> Scores);

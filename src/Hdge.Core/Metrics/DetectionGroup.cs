namespace Hdge.Metrics;

/// <summary>Metrics averaged over the unknown sets of a group. Every set counts the same, whatever its size.</summary>
public sealed record DetectionGroup
{
    /// <summary>The group's name.</summary>
    public required string Name { get; init; }

    /// <summary>Names of its sets, as given.</summary>
    public required IReadOnlyList<string> Sets { get; init; }

    /// <summary>Mean AUROC.</summary>
    public required double Auroc { get; init; }

    /// <summary>Mean average precision, known images as positives.</summary>
    public required double AuprIn { get; init; }

    /// <summary>Mean average precision, unknown images as positives.</summary>
    public required double AuprOut { get; init; }

    /// <summary>The true-positive rate at which the false-positive rates were read.</summary>
    public required double TruePositiveRate { get; init; }

    /// <summary>Mean false-positive rate.</summary>
    public required double FalsePositiveRate { get; init; }

    /// <summary>Mean detection error.</summary>
    public required double DetectionError { get; init; }

    /// <summary>The groups in the order in which their names first appear.</summary>
    /// <exception cref="ArgumentException">The false-positive rates were read at different true-positive rates.</exception>
    public static IReadOnlyList<DetectionGroup> Of(IEnumerable<UnknownSetMetrics> sets) =>
        [.. sets.GroupBy(s => s.Group, StringComparer.Ordinal).Select(g => Mean(g.Key, [.. g]))];

    private static DetectionGroup Mean(string name, UnknownSetMetrics[] sets)
    {
        double rate = sets[0].Detection.TruePositiveRate;
        foreach (var set in sets)
            if (set.Detection.TruePositiveRate != rate)
                throw new ArgumentException($"Group '{name}': '{sets[0].Name}' was read at a true-positive rate of {rate}, '{set.Name}' at {set.Detection.TruePositiveRate}; expected the same.", nameof(sets));
        return new()
        {
            Name = name,
            Sets = [.. sets.Select(s => s.Name)],
            Auroc = sets.Average(s => s.Detection.Auroc),
            AuprIn = sets.Average(s => s.Detection.AuprIn),
            AuprOut = sets.Average(s => s.Detection.AuprOut),
            TruePositiveRate = rate,
            FalsePositiveRate = sets.Average(s => s.Detection.FalsePositiveRate),
            DetectionError = sets.Average(s => s.Detection.DetectionError),
        };
    }

    /// <summary>One line, the same in every culture.</summary>
    public override string ToString() => PlainText.Of(this);
}

namespace Hdge.MLNet.Output;

/// <summary>Names of the columns a transformer adds, in the order in which it adds them; null where it does not.</summary>
internal sealed record OutputColumnNames(
    string PredictedLabel, string Score, string LogDensity, string Confidence, string IsInDistribution, string DetectionScore, string? CalibratedScore = null,
    string? PredictionSet = null, string? Disagreement = null)
{
    /// <summary>The columns that are added.</summary>
    public IEnumerable<OutputColumn> Present => Enum.GetValues<OutputColumn>().Where(column => column < OutputColumn.CalibratedScore || this[column] is not null);

    /// <summary>The names by <see cref="OutputColumn"/>.</summary>
    public string? this[OutputColumn column] => column switch
    {
        OutputColumn.PredictedLabel => PredictedLabel,
        OutputColumn.Score => Score,
        OutputColumn.LogDensity => LogDensity,
        OutputColumn.Confidence => Confidence,
        OutputColumn.IsInDistribution => IsInDistribution,
        OutputColumn.DetectionScore => DetectionScore,
        OutputColumn.CalibratedScore => CalibratedScore,
        OutputColumn.PredictionSet => PredictionSet,
        _ => Disagreement,
    };

    /// <summary>Checks that every column has a name and no two are alike.</summary>
    /// <exception cref="ArgumentException">A name is empty or used twice.</exception>
    public OutputColumnNames Checked()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (OutputColumn column in Present)
        {
            string? name = this[column];
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException($"The name of the output column {column} is empty.");
            if (!seen.Add(name))
                throw new ArgumentException($"Two output columns have the name '{name}'; each needs its own.");
        }

        return this;
    }
}

namespace Hdge.MLNet.Output;

/// <summary>Names of the columns a transformer adds, in the order in which it adds them.</summary>
internal sealed record OutputColumnNames(string PredictedLabel, string Score, string LogDensity, string Confidence, string IsInDistribution)
{
    /// <summary>The names by <see cref="OutputColumn"/>.</summary>
    public string this[OutputColumn column] => column switch
    {
        OutputColumn.PredictedLabel => PredictedLabel,
        OutputColumn.Score => Score,
        OutputColumn.LogDensity => LogDensity,
        OutputColumn.Confidence => Confidence,
        _ => IsInDistribution,
    };

    /// <summary>Checks that there are five names and no two are alike.</summary>
    /// <exception cref="ArgumentException">A name is empty or used twice.</exception>
    public OutputColumnNames Checked()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (OutputColumn column in Enum.GetValues<OutputColumn>())
        {
            string name = this[column];
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException($"The name of the output column {column} is empty.");
            if (!seen.Add(name))
                throw new ArgumentException($"Two output columns have the name '{name}'; each needs its own.");
        }

        return this;
    }
}

using Microsoft.ML.Offline;

namespace Microsoft.ML;

public sealed class InputOutputColumnPair
{
    public string InputColumnName { get; }

    public string OutputColumnName { get; }

    public InputOutputColumnPair(string outputColumnName, string inputColumnName = null)
    {
        OutputColumnName = Guard.NotEmpty(outputColumnName, nameof(outputColumnName));
        InputColumnName = inputColumnName ?? outputColumnName;
    }

    internal static (string Output, string Input)[] ToPairs(InputOutputColumnPair[] columns)
        => Array.ConvertAll(Guard.NotNull(columns, nameof(columns)), c => (c.OutputColumnName, c.InputColumnName));
}

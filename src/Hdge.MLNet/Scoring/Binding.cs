using Hdge.MLNet.Output;
using Microsoft.ML;

namespace Hdge.MLNet.Scoring;

/// <summary>A transformer on one input schema: which output column comes from where.</summary>
/// <exception cref="ArgumentException">The input lacks the feature column, or the column has another type or length.</exception>
internal sealed class Binding(HdgeTransformer transformer, DataViewSchema input)
    : ColumnBinding(input, transformer.Outline(input), transformer.FindFeatures(input))
{
    private readonly OutputColumn[] _outputs = [.. transformer.Outputs.Present];

    public HdgeTransformer Transformer => transformer;

    /// <summary>The output column behind an index of the output schema, or null where the column is the input's.</summary>
    public OutputColumn? Output(int index) => index < InputSchema.Count ? null : _outputs[index - InputSchema.Count];

    public override DataViewRow Map(DataViewRow row, bool[] active) => new ScoredRow(this, row, active);

    public override DataViewRowCursor Map(DataViewRowCursor cursor, bool[] active) => new ScoringCursor(this, cursor, active);
}

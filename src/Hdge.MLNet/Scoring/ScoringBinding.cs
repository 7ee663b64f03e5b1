using Hdge.Data;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;

namespace Hdge.MLNet.Scoring;

/// <summary>A transformer on one input schema: which output column comes from where.</summary>
/// <exception cref="ArgumentException">The input lacks the feature column, or the column has another type or length.</exception>
internal sealed class ScoringBinding(ImageTransformer transformer, DataViewSchema input)
    : ColumnBinding(input, transformer.Outline(input), transformer.FindFeatures(input).Column)
{
    public ImageTransformer Transformer => transformer;

    // Where damaged pictures are passed over, the stages before must not run on threads of their own: the first one would end all of them.
    public override DataViewRowCursor Open(IDataView source, bool[] active, Random? random) =>
        NeedsScores(active) && transformer.Photos.Damaged == DamagedAction.SkipAndCount && ImageStages.In(InputSchema)
            ? ImageStages.OneThread(source, Inputs(active), random)
            : base.Open(source, active, random);

    public override MappedRow Map(DataViewRow row, bool[] active) => new ScoringRow(this, row, active);

    public override void SaveAsOnnx(IDataView source, OnnxContext context) => transformer.SaveAsOnnx(source, OutputSchema, context);

    public override DataViewRowCursor MapCursor(DataViewRowCursor cursor, bool[] active) =>
        NeedsScores(active) ? new ScoringCursor(this, cursor, active) : base.MapCursor(cursor, active);
}

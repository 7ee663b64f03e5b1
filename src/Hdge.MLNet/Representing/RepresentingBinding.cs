using Hdge.MLNet.Output;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Hdge.MLNet.Representing;

/// <summary>A transformer of representations on one input schema.</summary>
/// <exception cref="ArgumentException">The input lacks the column of images, or it has another type or length.</exception>
internal sealed class RepresentingBinding(GcrlTransformer transformer, DataViewSchema input)
    : ColumnBinding(input, transformer.Outputs.Append(input, transformer.Model.RepresentationLength), transformer.FindImages(input))
{
    public GcrlTransformer Transformer => transformer;

    /// <summary>A scorer of up to <paramref name="capacity"/> rows.</summary>
    public Representer CreateScorer(DataViewRow row, int capacity)
    {
        DataViewSchema.Column images = transformer.FindImages(InputSchema);
        var model = transformer.Model;
        return ((VectorDataViewType)images.Type).ItemType == NumberDataViewType.Byte
            ? new Representer<byte>(transformer, row, images, capacity, (pixels, count, into) => model.Score(pixels, count, into), model.RangeProblem)
            : new Representer<float>(transformer, row, images, capacity, (pixels, count, into) => model.Score(pixels, count, into), model.RangeProblem);
    }

    /// <summary>A getter of the transformer's column with this number, from a batch in which <paramref name="slot"/> says the place.</summary>
    public static Delegate CreateGetter(int output, RepresentationBatch batch, Func<int> slot) => output switch
    {
        0 => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            int row = slot();
            ((ReadOnlySpan<float>)batch.Representations.AsSpan(row * batch.Length, batch.Length)).CopyTo(ref value);
        }),
        2 => (ValueGetter<bool>)((ref bool value) =>
        {
            int row = slot();
            value = batch.IsInDistribution[row];
        }),
        _ => (ValueGetter<float>)((ref float value) =>
        {
            int row = slot();
            value = (output == 1 ? batch.LogLikelihood : batch.DetectionScore)[row];
        }),
    };

    public override void SaveAsOnnx(IDataView source, OnnxContext context) => throw new NotSupportedException(
        "ConvertToOnnx cannot export a GCRL transformer: the file would lack the network, and take its answers for inputs. Save the model with mlContext.Model.Save, or GcrlTransformer.Model.Save.");

    public override MappedRow Map(DataViewRow row, bool[] active) => new RepresentingRow(this, row, active);

    public override DataViewRowCursor MapCursor(DataViewRowCursor cursor, bool[] active) =>
        NeedsScores(active) ? new RepresentingCursor(this, cursor, active) : base.MapCursor(cursor, active);
}

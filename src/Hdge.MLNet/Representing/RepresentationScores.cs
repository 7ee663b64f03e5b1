using Hdge.Data;
using Hdge.MLNet.Output;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Representing;

/// <summary>What a model of representations says of a run of rows.</summary>
internal sealed class RepresentationScores(RepresentationModel model, int capacity) : RowScores
{
    private readonly RepresentationBatch _batch = new(capacity, model.RepresentationLength);

    public override bool[] IsInRange => _batch.IsInRange;

    public override bool[] IsInDistribution => _batch.IsInDistribution;

    public override void Score(ReadOnlySpan<byte> pixels, int count) => model.Score(pixels, count, _batch);

    public override void Score(ReadOnlySpan<float> pixels, int count) => model.Score(pixels, count, _batch);

    public override string? RangeProblem(ReadOnlySpan<byte> pixels) => model.RangeProblem(pixels);

    public override string? RangeProblem(ReadOnlySpan<float> pixels) => model.RangeProblem(pixels);

    public override bool IsFinite(int slot) => float.IsFinite(_batch.LogLikelihood[slot]) && Finite.All<float>(Representation(slot));

    public override Delegate CreateGetter(int output, Func<int> slot) => output switch
    {
        0 => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Representation(slot()).CopyTo(ref value)),
        2 => (ValueGetter<bool>)((ref bool value) =>
        {
            int row = slot();
            value = _batch.IsInDistribution[row];
        }),
        _ => (ValueGetter<float>)((ref float value) =>
        {
            int row = slot();
            value = (output == 1 ? _batch.LogLikelihood : _batch.DetectionScore)[row];
        }),
    };

    private ReadOnlySpan<float> Representation(int slot) => _batch.Representations.AsSpan(slot * _batch.Length, _batch.Length);
}

using Hdge.MLNet.Input;
using Microsoft.ML;

namespace Hdge.MLNet.Scoring;

/// <summary>Scores features of Single, dense or sparse.</summary>
internal sealed class SingleScorer(HdgeTransformer transformer, DataViewRow row, DataViewSchema.Column features, int capacity)
    : BatchScorer(transformer, features, capacity)
{
    private readonly VectorBuffer<float> _features = new(row, features, capacity);
    private readonly int _length = transformer.ImageShape.Length;
    private readonly float[] _pixels = new float[checked(capacity * transformer.ImageShape.Length)];

    public override ColumnBuffer Features => _features;

    protected override RowFault Unpack(int slot)
    {
        Span<float> pixels = _pixels.AsSpan(slot * _length, _length);
        if (LengthOf(slot) != _length)
        {
            pixels.Clear();
            return RowFault.WrongLength;
        }

        _features[slot].CopyTo(pixels);
        if (Finite.All(pixels))
            return RowFault.None;
        pixels.Clear();
        return RowFault.NotFinite;
    }

    protected override string? RangeProblem(int slot) => Transformer.Model.RangeProblem(_pixels.AsSpan(slot * _length, _length));

    protected override bool IsMissing(int slot) => MissingImage.Is(_features[slot]) && LengthOf(slot) == _length;

    protected override int LengthOf(int slot) => _features[slot].Length;

    protected override void ScorePixels(int count) => Transformer.Score(_pixels.AsSpan(0, count * _length), count, Scores);
}

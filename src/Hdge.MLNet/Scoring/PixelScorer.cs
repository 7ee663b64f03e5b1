using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Input;
using Microsoft.ML;

namespace Hdge.MLNet.Scoring;

/// <summary>Runs the network on rows of pixels of one type, one after another.</summary>
internal delegate void ScorePixels<T>(ReadOnlySpan<T> pixels, int count, ScoreBatch into);

/// <summary>What is wrong with a row of pixels that is out of range; null where it is in range.</summary>
internal delegate string? FindProblem<T>(ReadOnlySpan<T> pixels);

/// <summary>Scores features of one type, Single or Byte, dense or sparse.</summary>
internal sealed class PixelScorer<T>(BatchScorer.Source source, ScorePixels<T> score, FindProblem<T> findProblem) : BatchScorer(source)
    where T : struct, INumber<T>
{
    private readonly VectorBuffer<T> _features = new(source.Row, source.Features, source.Capacity);
    private readonly int _length = source.Transformer.Model.InputShape.Length;
    private readonly bool _areFeatures = source.Transformer.Model.TakesFeatures; // of which a sparse vector without a value is zeros
    private readonly T[] _pixels = new T[checked(source.Capacity * source.Transformer.Model.InputShape.Length)];

    public override ColumnBuffer Features => _features;

    protected override RowFault Unpack(int slot)
    {
        Span<T> pixels = _pixels.AsSpan(slot * _length, _length);
        if (LengthOf(slot) != _length)
        {
            pixels.Clear();
            return RowFault.WrongLength;
        }

        _features[slot].CopyTo(pixels);
        if (Finite.All<T>(pixels))
            return RowFault.None;
        pixels.Clear();
        return RowFault.NotFinite;
    }

    protected override string? RangeProblem(int slot) => findProblem(_pixels.AsSpan(slot * _length, _length));

    protected override bool IsMissing(int slot) => !_areFeatures && MissingImage.Is(_features[slot]) && LengthOf(slot) == _length;

    protected override int LengthOf(int slot) => _features[slot].Length;

    protected override void ScorePixels(int count) => score(_pixels.AsSpan(0, count * _length), count, Scores);
}

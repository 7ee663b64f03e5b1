using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>Runs the network on rows of pixels of one type, one after another.</summary>
internal delegate void ScorePixels<T>(ReadOnlySpan<T> pixels, int count, ScoreBatch into);

/// <summary>What is wrong with a row of pixels that is out of range; null where it is in range.</summary>
internal delegate string? FindProblem<T>(ReadOnlySpan<T> pixels);

/// <summary>Scores features of one type, Single or Byte, dense or sparse.</summary>
internal sealed class PixelScorer<T>(BatchScorer.Source source, ScorePixels<T> score, FindProblem<T> findProblem) : BatchScorer(source)
    where T : struct, INumber<T>
{
    private readonly VectorSlots _features = new(source);
    private readonly int _length = source.Transformer.Model.InputShape.Length;
    private readonly bool _areFeatures = source.Transformer.Model.TakesFeatures; // of which a sparse vector without a value is zeros
    private readonly T[] _pixels = new T[checked(source.Capacity * source.Transformer.Model.InputShape.Length)];

    public override ColumnBuffer Features => _features;

    protected override void Prepare(int count)
    {
        for (int slot = 0; slot < count; slot++)
            if (_features.TakeDamage(slot) is { } damage)
                Warn(InputMessages.ScoredDamaged(Transformer.FeatureColumnName, damage));
    }

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

    /// <summary>Slots of vectors. Where stages before make them of pictures, and damaged ones are to be passed over, such a vector has no value: its image is missing.</summary>
    private sealed class VectorSlots(Source source) : VectorBuffer<T>(source.Row, source.Features.Column, source.Capacity)
    {
        private readonly bool _skips = source.Transformer.Photos.Damaged == DamagedAction.SkipAndCount && ImageStages.In(source.Row.Schema);
        private readonly string?[] _damage = new string?[source.Capacity];

        public string? TakeDamage(int slot)
        {
            string? damage = _damage[slot];
            _damage[slot] = null;
            return damage;
        }

        public override void Fill(int slot)
        {
            try
            {
                base.Fill(slot);
            }
            catch (Exception error) when (_skips && ImageStages.IsDamage(error))
            {
                Slots[slot] = new VBuffer<T>(source.Transformer.Model.InputShape.Length, 0, [], []);
                _damage[slot] = InputMessages.Damage(FormattableString.Invariant($" in row {source.Row.Position}"), error.Message);
            }
        }
    }
}

using System.Numerics;
using Hdge.Data;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>Runs the network on rows of pixels of one type, one after another.</summary>
internal delegate void ScorePixels<T>(ReadOnlySpan<T> pixels, int count);

/// <summary>What is wrong with a row of pixels that is out of range; null where it is in range.</summary>
internal delegate string? FindProblem<T>(ReadOnlySpan<T> pixels);

/// <summary>Scores features of one type, Single or Byte, dense or sparse.</summary>
internal sealed class PixelScorer<T> : BatchScorer where T : struct, INumber<T>
{
    private readonly VectorSlots _features;
    private readonly int _length;
    private readonly bool _areFeatures; // of which a sparse vector without a value is zeros
    private readonly T[] _pixels;
    private readonly ScorePixels<T> _score;
    private readonly FindProblem<T> _findProblem;

    /// <param name="source">Where the features come from.</param>
    /// <param name="score">How scores are asked for values of this type.</param>
    /// <param name="findProblem">The same for what is out of range.</param>
    public PixelScorer(Source source, Func<RowScores, ScorePixels<T>> score, Func<RowScores, FindProblem<T>> findProblem) : base(source)
    {
        _features = new(source);
        (_length, _areFeatures) = (source.Transformer.ImageShape.Length, source.Transformer.TakesFeatures);
        _pixels = new T[checked(source.Capacity * _length)];
        (_score, _findProblem) = (score(Scores), findProblem(Scores));
    }

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

    protected override string? RangeProblem(int slot) => _findProblem(_pixels.AsSpan(slot * _length, _length));

    protected override bool IsMissing(int slot) => !_areFeatures && MissingImage.Is(_features[slot]) && LengthOf(slot) == _length;

    protected override int LengthOf(int slot) => _features[slot].Length;

    protected override void ScorePixels(int count) => _score(_pixels.AsSpan(0, count * _length), count);

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
                Slots[slot] = new VBuffer<T>(source.Transformer.ImageShape.Length, 0, [], []);
                _damage[slot] = InputMessages.Damage(FormattableString.Invariant($" in row {source.Row.Position}"), error.Message);
            }
        }
    }
}

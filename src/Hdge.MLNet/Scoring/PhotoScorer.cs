using Hdge.Data;
using Hdge.MLNet.Input;

namespace Hdge.MLNet.Scoring;

/// <summary>Scores pictures of any size, from files or from a column of them. Those that cannot be read are refused, or passed over and told, as the transformer's options say.</summary>
internal sealed class PhotoScorer(BatchScorer.Source source, IPhotoSlots slots) : BatchScorer(source)
{
    private readonly int _length = source.Features.Shape.Length;
    private readonly bool _skips = source.Transformer.Photos.Damaged == DamagedAction.SkipAndCount;
    private readonly byte[] _pixels = slots.Pixels;

    public override ColumnBuffer Features => slots.Buffer;

    protected override void Prepare(int count)
    {
        slots.Read(count);
        for (int slot = 0; slot < count; slot++)
        {
            if (slots.State(slot) is { IsMissing: false, Damage: null })
                continue;
            Of(slot).Clear();
            if (_skips && slots.State(slot).Damage is { } damage)
                Warn(InputMessages.ScoredDamaged(Transformer.FeatureColumnName, damage));
        }
    }

    protected override RowFault Unpack(int slot) => slots.State(slot).Damage is null ? RowFault.None : RowFault.Damaged;

    protected override bool IsMissing(int slot) => slots.State(slot) is var state && (state.IsMissing || (_skips && state.Damage is not null));

    protected override string Damage(int slot) => slots.State(slot).Damage ?? "";

    protected override string? RangeProblem(int slot) => Scores.RangeProblem(Of(slot));

    protected override int LengthOf(int slot) => _length;

    protected override void ScorePixels(int count) => Scores.Score(_pixels.AsSpan(0, count * _length), count);

    private Span<byte> Of(int slot) => _pixels.AsSpan(slot * _length, _length);
}

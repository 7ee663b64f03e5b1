using Hdge.Data;
using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>Slots of pictures: each is brought to the model's shape as soon as it is read, so that no more than one is open at a time, unless the pictures themselves are asked for.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="keeps">Whether they are asked for.</param>
internal sealed class PictureSlots(BatchScorer.Source source, bool keeps) : ValueBuffer<MLImage?>(source.Row, source.Features.Column, source.Capacity), IPhotoSlots
{
    private readonly Pictures _pictures = new(source.Features.Shape, source.Transformer.Photos);
    private readonly ValueGetter<MLImage?> _get = source.Row.GetGetter<MLImage?>(source.Features.Column);
    private readonly bool _skips = source.Transformer.Photos.Damaged == DamagedAction.SkipAndCount;
    private readonly (bool IsMissing, string? Damage)[] _states = new (bool, string?)[source.Capacity];
    private MLImage? _image; // who makes the next one disposes of it

    public ColumnBuffer Buffer => this;

    public byte[] Pixels { get; } = new byte[checked(source.Capacity * source.Features.Shape.Length)];

    public override void Fill(int slot)
    {
        try
        {
            if (keeps)
                base.Fill(slot);
            else
                _get(ref _image);
        }
        catch (Exception error) when (_skips && ImageStages.IsDamage(error))
        {
            _image = null;
            _states[slot] = (false, InputMessages.Damage(FormattableString.Invariant($" in row {source.Row.Position}"), error.Message));
            return;
        }
        int length = source.Features.Shape.Length;
        MLImage? image = keeps ? Slots[slot] : _image;
        string? reason = image is null ? null : _pictures.Draw(image, Pixels.AsSpan(slot * length, length));
        _states[slot] = (image is null, reason is null ? null : InputMessages.Damage(image!.Tag is { Length: > 0 } path ? $" ('{path}')" : "", reason));
    }

    public void Read(int count)
    {
        // Read as they came.
    }

    public (bool IsMissing, string? Damage) State(int slot) => _states[slot];
}

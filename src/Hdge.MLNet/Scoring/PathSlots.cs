using Hdge.Data;
using Hdge.MLNet.Input;

namespace Hdge.MLNet.Scoring;

/// <summary>Slots of paths: the files of a window are read together, on all cores, when the first of their scores is asked for.</summary>
internal sealed class PathSlots(BatchScorer.Source source) : ValueBuffer<ReadOnlyMemory<char>>(source.Row, source.Features.Column, source.Capacity), IPhotoSlots
{
    private readonly PhotoReader _reader = new(source.Features.Shape, source.Transformer.Photos);
    private readonly string?[] _damage = new string?[source.Capacity];

    public ColumnBuffer Buffer => this;

    public byte[] Pixels { get; } = new byte[checked(source.Capacity * source.Features.Shape.Length)];

    public void Read(int count)
    {
        string[] paths = [.. Slots.Take(count).Select(path => path.ToString())];
        string?[] reasons = _reader.Read(paths, Pixels);
        for (int slot = 0; slot < count; slot++)
            _damage[slot] = reasons[slot] is { } reason && paths[slot].Length > 0 ? InputMessages.Damage($" ('{paths[slot]}')", reason) : null;
    }

    public (bool IsMissing, string? Damage) State(int slot) => (Slots[slot].IsEmpty, _damage[slot]);
}

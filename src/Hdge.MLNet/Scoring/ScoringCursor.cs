using Hdge.MLNet.Input;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>
/// Goes over the input row by row while it reads ahead in batches. A batch is scored when the first score in it is asked for; a batch
/// of which none is asked for is never scored.
/// </summary>
internal sealed class ScoringCursor : DataViewRowCursor
{
    private readonly ScoringBinding _binding;
    private readonly DataViewRowCursor _input;
    private readonly bool[] _active;
    private readonly ColumnBuffer?[] _columns;
    private readonly BatchScorer _scorer;
    private readonly RowWindow _window;
    private int _slot = -1;
    private bool _scored;
    private bool _ended;
    private bool _disposed;

    public ScoringCursor(ScoringBinding binding, DataViewRowCursor input, bool[] active)
    {
        (_binding, _input, _active) = (binding, input, active);
        var asked = binding.InputSchema.Where(column => active[column.Index]);
        int capacity = RowWindow.Capacity(binding.Transformer.ImageShape.Length, asked);
        _scorer = BatchScorer.Create(binding.Transformer, input, binding.InputSchema, capacity, keepsFeatures: active[binding.Transformer.FindFeatures(binding.InputSchema).Column.Index]);
        _columns = new ColumnBuffer?[binding.InputSchema.Count];
        foreach (DataViewSchema.Column column in binding.Inputs(active))
        {
            _columns[column.Index] = column.Index == _scorer.FeatureIndex
                ? _scorer.Features
                : ColumnBuffer.Create(input, column, capacity);
        }

        _window = new RowWindow(input, _columns.OfType<ColumnBuffer>(), capacity);
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _slot < 0 ? -1 : _window.Start + _slot;

    public override long Batch => _slot < 0 ? 0 : _window.Batch(_slot);

    public override bool MoveNext()
    {
        if (_ended)
            return false;
        if (++_slot < _window.Count)
            return true;

        _scored = false;
        _slot = 0;
        if (_window.Refill())
            return true;
        _slot = -1;
        _ended = true;
        return false;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[_binding.IndexOf(column)];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _window.Id(PresentSlot());

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int index = _binding.ActiveIndexOf(column, _active);
        int output = index - _binding.InputSchema.Count;
        Delegate getter = output >= 0
            ? _scorer.Scores.CreateGetter(output, ScoredSlot)
            : _columns[index]!.CreateGetter(PresentSlot);
        return ColumnBinding.Typed<TValue>(getter, column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            if (_scorer.MissingImages > 0)
                _scorer.Warn(InputMessages.ScoredMissingImages(_binding.Transformer.FeatureColumnName, _scorer.MissingImages, _scorer.Rows));
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int PresentSlot() => _slot >= 0 ? _slot : throw new InvalidOperationException("The cursor is before its first row or behind its last.");

    private int ScoredSlot()
    {
        int slot = PresentSlot();
        if (!_scored)
        {
            _scorer.Score(_window.Count);
            _scored = true;
        }

        _scorer.RequireScored(slot, Position);
        return slot;
    }
}

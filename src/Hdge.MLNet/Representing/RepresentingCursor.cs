using Hdge.MLNet.Input;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Representing;

/// <summary>Goes over the input row by row while it reads ahead in batches; a batch is scored when the first score in it is asked for, as by <see cref="ScoringCursor"/>.</summary>
internal sealed class RepresentingCursor : DataViewRowCursor
{
    private const int MostValues = 1 << 22; // read ahead at once

    private readonly RepresentingBinding _binding;
    private readonly DataViewRowCursor _input;
    private readonly bool[] _active;
    private readonly ColumnBuffer?[] _columns;
    private readonly Representer _scorer;
    private readonly RowWindow _window;
    private int _slot = -1;
    private bool _scored, _ended, _disposed;

    public RepresentingCursor(RepresentingBinding binding, DataViewRowCursor input, bool[] active)
    {
        (_binding, _input, _active) = (binding, input, active);
        int capacity = Math.Clamp(MostValues / binding.Transformer.ImageShape.Length, 1, RowWindow.MostRows);
        _scorer = binding.CreateScorer(input, capacity);
        _columns = new ColumnBuffer?[binding.InputSchema.Count];
        foreach (DataViewSchema.Column column in binding.Inputs(active))
            _columns[column.Index] = column.Index == _scorer.ImageIndex ? _scorer.Images : ColumnBuffer.Create(input, column, capacity);
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
        (_scored, _slot) = (false, 0);
        if (_window.Refill())
            return true;
        (_slot, _ended) = (-1, true);
        return false;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[_binding.IndexOf(column)];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _window.Id(PresentSlot());

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int index = _binding.ActiveIndexOf(column, _active), output = index - _binding.InputSchema.Count;
        return ColumnBinding.Typed<TValue>(output >= 0 ? RepresentingBinding.CreateGetter(output, _scorer.Batch, ScoredSlot) : _columns[index]!.CreateGetter(PresentSlot), column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            if (_scorer.MissingImages > 0)
                _binding.Transformer.Warn(InputMessages.ScoredMissingImages(_binding.Transformer.InputColumnName, _scorer.MissingImages, _scorer.Rows));
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
            _scorer.Score(_window.Count, _window.Start);
            _scored = true;
        }
        _scorer.RequireScored(slot, Position);
        return slot;
    }
}

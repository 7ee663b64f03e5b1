using Hdge.Calibration;
using Hdge.MLNet.Input;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Calibrating;

/// <summary>A row with calibrated probabilities. Its input may change in place and its position with it: a cursor, or a prediction engine's row.</summary>
internal sealed class CalibratedRow : DataViewRow
{
    private readonly CalibratedBinding _binding;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly float[] _logits, _probabilities;
    private readonly ValueGetter<VBuffer<float>>? _getScore;
    private readonly Func<ulong>? _getPredicted;
    private VBuffer<float> _score;
    private long? _position;

    public CalibratedRow(CalibratedBinding binding, DataViewRow input, bool[] active)
    {
        (_binding, _input, _active) = (binding, input, active);
        int classes = binding.Transformer.Calibrator.ClassCount;
        (_logits, _probabilities) = (new float[classes], new float[classes]);
        if (!binding.NeedsScores(active))
            return;
        _getScore = input.GetGetter<VBuffer<float>>(binding.Score);
        _getPredicted = binding.Predicted is { } predicted ? LabelReader.Create(input, predicted) : null;
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[_binding.IndexOf(column)];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int index = _binding.ActiveIndexOf(column, _active) - _binding.InputSchema.Count;
        return index < 0
            ? _input.GetGetter<TValue>(_binding.InputSchema[column.Index])
            : ColumnBinding.Typed<TValue>(index == 0 ? (ValueGetter<VBuffer<float>>)CopyProbabilities : (ValueGetter<uint>)Predict, column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _input.Dispose();
        base.Dispose(disposing);
    }

    private void CopyProbabilities(ref VBuffer<float> value)
    {
        Calibrate();
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, _probabilities.Length);
        _probabilities.CopyTo(editor.Values);
        value = editor.Commit();
    }

    private void Predict(ref uint value)
    {
        Calibrate();
        int best = 0;
        for (int c = 1; c < _probabilities.Length; c++)
            if (_probabilities[c] > _probabilities[best])
                best = c;
        ulong before = _getPredicted!(); // counts from 1
        value = before > 0 && before <= (ulong)_probabilities.Length && _probabilities[before - 1] == _probabilities[best] ? (uint)before : (uint)best + 1;
    }

    // Both getters on one row calibrate it once.
    private void Calibrate()
    {
        if (_position == Position)
            return;
        _getScore!(ref _score);
        string name = _binding.Score.Name;
        if (_score.Length != _logits.Length)
            throw new InvalidDataException(InputMessages.ScoreLength(name, Position, _score.Length, _logits.Length));
        _score.CopyTo(_logits);
        if (!Finite.All(_logits))
            throw new InvalidDataException(InputMessages.NotFiniteScore("score", name, Position));
        if (_binding.Transformer.ScoreKind == ScoreKind.Probabilities)
        {
            if (!Probabilities.Are(_logits, out double sum))
                throw new InvalidDataException(InputMessages.NotProbabilities(name, Position, sum));
            LogProbabilities.Of(_logits, _logits);
        }

        _binding.Transformer.Calibrator.Apply(_logits, _probabilities);
        _position = Position;
    }
}

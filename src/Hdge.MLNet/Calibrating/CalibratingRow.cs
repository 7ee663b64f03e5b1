using Hdge.Metrics;
using Hdge.Calibration;
using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Output;
using Hdge.MLNet.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Calibrating;

/// <summary>A row with calibrated probabilities, and the predicted class that follows from them.</summary>
internal sealed class CalibratingRow : MappedRow
{
    private readonly CalibratingBinding _binding;
    private readonly float[] _logits, _probabilities;
    private readonly ValueGetter<VBuffer<float>>? _getScore;
    private readonly Func<ulong>? _getPredicted;
    private VBuffer<float> _score;
    private long? _position;

    public CalibratingRow(CalibratingBinding binding, DataViewRow input, bool[] active) : base(binding, input, active)
    {
        _binding = binding;
        int classes = binding.Transformer.Calibrator.ClassCount;
        (_logits, _probabilities) = (new float[classes], new float[classes]);
        if (!binding.NeedsScores(active))
            return;
        _getScore = input.GetGetter<VBuffer<float>>(binding.Score);
        _getPredicted = binding.Predicted is { } predicted ? LabelReader.Create(input, predicted) : null;
    }

    protected override Delegate CreateGetter(int output) => output == 0 ? (ValueGetter<VBuffer<float>>)CopyProbabilities : (ValueGetter<uint>)Predict;

    private void CopyProbabilities(ref VBuffer<float> value)
    {
        Calibrate();
        DenseVector.CopyTo(_probabilities, ref value);
    }

    private void Predict(ref uint value)
    {
        Calibrate();
        int best = LogitRow.Best(_probabilities);
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
        if (!Finite.All<float>(_logits))
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

using Hdge.MLNet.Input;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>One row with its scores, as a prediction engine uses it: the row's values change in place and its position with them.</summary>
internal sealed class ScoredRow : DataViewRow
{
    private readonly Binding _binding;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly BatchScorer? _scorer;
    private long? _scoredPosition;
    private bool _toldMissing; // an engine lives long: one word, not one a row

    public ScoredRow(Binding binding, DataViewRow input, bool[] active)
    {
        (_binding, _input, _active) = (binding, input, active);
        if (binding.NeedsScores(active))
            _scorer = BatchScorer.Create(binding.Transformer, input, binding.InputSchema, 1);
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[_binding.IndexOf(column)];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int index = _binding.ActiveIndexOf(column, _active);
        return _binding.Output(index) is { } output
            ? Binding.Typed<TValue>(ScoreGetters.Create(output, _scorer!.Scores, _binding.Transformer.Model.PredictionSets, Scored), column)
            : _input.GetGetter<TValue>(_binding.InputSchema[index]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _input.Dispose();
        base.Dispose(disposing);
    }

    // Several getters on one row score it once.
    private int Scored()
    {
        if (_scoredPosition != Position)
        {
            _scorer!.Features.Fill(0);
            _scorer.Score(1);
            _scoredPosition = Position;
            if (_scorer.MissingImages > 0 && !_toldMissing)
            {
                _toldMissing = true;
                _scorer.Warn(InputMessages.ScoredMissingImage(_binding.Transformer.FeatureColumnName));
            }
        }

        _scorer!.RequireScored(0, Position);
        return 0;
    }
}

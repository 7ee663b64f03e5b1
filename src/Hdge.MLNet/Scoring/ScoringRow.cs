using Hdge.MLNet.Input;
using Microsoft.ML;

namespace Hdge.MLNet.Scoring;

/// <summary>One row with its scores, as a prediction engine uses it: the row's values change in place and its position with them.</summary>
internal sealed class ScoringRow : MappedRow
{
    private readonly ScoringBinding _binding;
    private readonly BatchScorer? _scorer;
    private long? _scoredPosition;
    private bool _toldMissing; // an engine lives long: one word, not one a row

    public ScoringRow(ScoringBinding binding, DataViewRow input, bool[] active) : base(binding, input, active)
    {
        _binding = binding;
        if (binding.NeedsScores(active))
            _scorer = BatchScorer.Create(binding.Transformer, input, binding.InputSchema, 1, keepsFeatures: false);
    }

    protected override Delegate CreateGetter(int output) => _scorer!.Scores.CreateGetter(output, Scored);

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

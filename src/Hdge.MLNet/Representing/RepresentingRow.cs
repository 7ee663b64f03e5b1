using Hdge.MLNet.Input;
using Hdge.MLNet.Scoring;
using Microsoft.ML;

namespace Hdge.MLNet.Representing;

/// <summary>One row with its representation, as a prediction engine uses it.</summary>
internal sealed class RepresentingRow : MappedRow
{
    private readonly RepresentingBinding _binding;
    private readonly Representer? _scorer;
    private long? _scoredPosition;
    private bool _toldMissing; // an engine lives long: one word, not one a row

    public RepresentingRow(RepresentingBinding binding, DataViewRow input, bool[] active) : base(binding, input, active)
    {
        _binding = binding;
        _scorer = binding.NeedsScores(active) ? binding.CreateScorer(input, 1) : null;
    }

    protected override Delegate CreateGetter(int output) => RepresentingBinding.CreateGetter(output, _scorer!.Batch, Scored);

    // Several getters on one row score it once.
    private int Scored()
    {
        if (_scoredPosition != Position)
        {
            _scorer!.Images.Fill(0);
            _scorer.Score(1, Position);
            _scoredPosition = Position;
            if (_scorer.MissingImages > 0 && !_toldMissing)
            {
                _toldMissing = true;
                _binding.Transformer.Warn(InputMessages.ScoredMissingImage(_binding.Transformer.InputColumnName));
            }
        }
        _scorer!.RequireScored(0, Position);
        return 0;
    }
}

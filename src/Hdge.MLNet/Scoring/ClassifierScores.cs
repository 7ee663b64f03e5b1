using Hdge.MLNet.Output;

namespace Hdge.MLNet.Scoring;

/// <summary>What a classifier says of a run of rows.</summary>
internal sealed class ClassifierScores(IScoringModel model, OutputColumnNames columns, int capacity) : RowScores
{
    private readonly ScoreBatch _batch = new(capacity, model.ClassCount);
    private readonly OutputColumn[] _columns = [.. columns.Present];

    public override bool[] IsInRange => _batch.IsInRange;

    public override bool[] IsInDistribution => _batch.IsInDistribution;

    public override void Score(ReadOnlySpan<byte> pixels, int count) => model.Score(pixels, count, _batch);

    public override void Score(ReadOnlySpan<float> pixels, int count) => model.Score(pixels, count, _batch);

    public override string? RangeProblem(ReadOnlySpan<byte> pixels) => model.RangeProblem(pixels);

    public override string? RangeProblem(ReadOnlySpan<float> pixels) => model.RangeProblem(pixels);

    public override bool IsFinite(int slot) => float.IsFinite(_batch.LogDensity[slot]);

    public override Delegate CreateGetter(int output, Func<int> slot) => ScoreGetters.Create(_columns[output], _batch, model.PredictionSets, slot);
}

using Hdge.Conformal;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Hdge.MLNet.Scoring;

/// <summary>The getters of the output columns.</summary>
internal static class ScoreGetters
{
    /// <summary>A getter that answers from a batch of scores.</summary>
    /// <param name="column">Which output column.</param>
    /// <param name="scores">The scores.</param>
    /// <param name="sets">What makes prediction sets; null puts every class into every set.</param>
    /// <param name="slot">Sees to it that the present row is scored and says where in the batch it lies.</param>
    public static Delegate Create(OutputColumn column, ScoreBatch scores, ConformalPredictor? sets, Func<int> slot) => column switch
    {
        OutputColumn.PredictedLabel => (ValueGetter<uint>)((ref uint value) =>
        {
            int row = slot();
            value = (uint)scores.PredictedClass[row] + 1; // a key counts from 1
        }),
        OutputColumn.Score => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Row(scores, scores.Probabilities, slot()).CopyTo(ref value)),
        OutputColumn.LogDensity => (ValueGetter<float>)((ref float value) =>
        {
            int row = slot();
            value = scores.LogDensity[row];
        }),
        OutputColumn.Confidence => (ValueGetter<float>)((ref float value) =>
        {
            int row = slot();
            value = scores.Confidence[row];
        }),
        OutputColumn.IsInDistribution => (ValueGetter<bool>)((ref bool value) =>
        {
            int row = slot();
            value = scores.IsInDistribution[row];
        }),
        OutputColumn.DetectionScore => (ValueGetter<float>)((ref float value) =>
        {
            int row = slot();
            value = scores.DetectionScore[row];
        }),
        OutputColumn.CalibratedScore => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Row(scores, scores.CalibratedProbabilities, slot()).CopyTo(ref value)),
        OutputColumn.PredictionSet => (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> value) => FindSet(sets, Row(scores, scores.Probabilities, slot()), ref value)),
        _ => (ValueGetter<float>)((ref float value) =>
        {
            int row = slot();
            value = scores.Disagreement[row];
        }),
    };

    private static ReadOnlySpan<float> Row(ScoreBatch scores, float[] values, int row) => values.AsSpan(row * scores.ClassCount, scores.ClassCount);

    private static void FindSet(ConformalPredictor? sets, ReadOnlySpan<float> probabilities, ref VBuffer<bool> value)
    {
        VBufferEditor<bool> editor = VBufferEditor.Create(ref value, probabilities.Length);
        if (sets is null)
            editor.Values.Fill(true);
        else
            sets.Predict(probabilities, editor.Values);
        value = editor.Commit();
    }
}

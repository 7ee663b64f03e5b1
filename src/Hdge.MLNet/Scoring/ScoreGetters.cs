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
    /// <param name="slot">Sees to it that the present row is scored and says where in the batch it lies.</param>
    public static Delegate Create(OutputColumn column, ScoreBatch scores, Func<int> slot) => column switch
    {
        OutputColumn.PredictedLabel => (ValueGetter<uint>)((ref uint value) =>
        {
            int row = slot();
            value = (uint)scores.PredictedClass[row] + 1; // a key counts from 1
        }),
        OutputColumn.Score => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => CopyProbabilities(scores, slot(), ref value)),
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
        _ => (ValueGetter<bool>)((ref bool value) =>
        {
            int row = slot();
            value = scores.IsInDistribution[row];
        }),
    };

    private static void CopyProbabilities(ScoreBatch scores, int row, ref VBuffer<float> value)
    {
        int classes = scores.ClassCount;
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, classes);
        scores.Probabilities.AsSpan(row * classes, classes).CopyTo(editor.Values);
        value = editor.Commit();
    }
}

using Microsoft.ML.Trainers;
using Kinds = Microsoft.ML.Data.AnnotationUtils.Kinds;
using ValueKinds = Microsoft.ML.Data.AnnotationUtils.Const.ScoreValueKind;

namespace Microsoft.ML.Data;

/// <summary>Adds the predicted class and the probabilities, with all that ML.NET tells about them.</summary>
internal sealed class MulticlassScoreMapper : RowMapper
{
    private const int _predicted = 0;
    private const int _score = 1;

    private readonly IMulticlassScorer _scorer;
    private readonly int _features;

    public MulticlassScoreMapper(DataViewSchema input, IMulticlassScorer scorer, int features, DataViewSchema.Column label)
        : base(input)
    {
        _scorer = scorer;
        _features = features;
        var set = input.GetMaxAnnotationKind(out _, Kinds.ScoreColumnSetId) + 1;
        ComputedColumns =
        [
            new("PredictedLabel", new KeyDataViewType(typeof(uint), scorer.Classes), PredictedAnnotations(label, set)),
            new("Score", new VectorDataViewType(NumberDataViewType.Single, scorer.Classes), ScoreAnnotations(label, set)),
        ];
    }

    public override DataViewSchema.DetachedColumn[] ComputedColumns { get; }

    public override IEnumerable<int> InputsOf(int computed) => [_features];

    public override Delegate MakeGetter(DataViewRow input, int computed) => throw new NotSupportedException();

    public override Delegate[] MakeGetters(DataViewRow input, bool[] wanted)
    {
        var getters = new Delegate[wanted.Length];
        if (!wanted.Contains(true))
            return getters;
        var getFeatures = input.GetGetter<VBuffer<float>>(input.Schema[_features]);
        VBuffer<float> features = default;
        var scores = new float[_scorer.Classes];
        long done = -1;

        // Both columns come from one scoring of the row.
        void Refresh()
        {
            if (done == input.Position)
                return;
            getFeatures(ref features);
            _scorer.Score(in features, scores);
            done = input.Position;
        }

        getters[_predicted] = (ValueGetter<uint>)((ref uint dst) =>
        {
            Refresh();
            // No class where there is no score.
            dst = float.IsNaN(scores[0]) ? 0 : (uint)Array.IndexOf(scores, scores.Max()) + 1;
        });
        getters[_score] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> dst) =>
        {
            Refresh();
            VBuffer<float>.Copy(scores, 0, ref dst, scores.Length);
        });
        return getters;
    }

    private static DataViewSchema.Annotations PredictedAnnotations(DataViewSchema.Column label, uint set)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddText(builder, Kinds.ScoreColumnKind, AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification);
        AddText(builder, Kinds.ScoreValueKind, ValueKinds.PredictedLabel);
        builder.Add(label.Annotations, kind => kind == Kinds.KeyValues);
        builder.AddPrimitiveValue(Kinds.ScoreColumnSetId, AnnotationUtils.ScoreColumnSetIdType, set);
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations ScoreAnnotations(DataViewSchema.Column label, uint set)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        AddText(builder, Kinds.ScoreColumnKind, AnnotationUtils.Const.ScoreColumnKind.MulticlassClassification);
        builder.AddPrimitiveValue(Kinds.ScoreColumnSetId, AnnotationUtils.ScoreColumnSetIdType, set);
        AddText(builder, Kinds.ScoreValueKind, ValueKinds.Score);
        if (label.Annotations.Schema.GetColumnOrNull(Kinds.KeyValues) is { } values)
        {
            var getter = label.Annotations.GetGetterInternal(values.Index);
            builder.Add(Kinds.TrainingLabelValues, values.Type, getter);
            if (label.HasKeyValues())
                builder.Add(Kinds.SlotNames, values.Type, getter);
        }
        return builder.ToAnnotations();
    }

    private static void AddText(DataViewSchema.Annotations.Builder builder, string kind, string value)
        => builder.AddPrimitiveValue(kind, TextDataViewType.Instance, value.AsMemory());
}

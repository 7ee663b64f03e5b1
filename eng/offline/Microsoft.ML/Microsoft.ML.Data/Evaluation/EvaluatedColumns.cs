using Microsoft.ML.Offline;

namespace Microsoft.ML.Data;

/// <summary>The columns that an evaluation looks at, and how a label of any allowed type becomes a number.</summary>
internal sealed class EvaluatedColumns
{
    public EvaluatedColumns(IDataView data, string label, string score, string predictedLabel)
    {
        Data = Guard.NotNull(data, nameof(data));
        Guard.NotEmpty(label, "labelColumnName");
        Guard.NotEmpty(score, "scoreColumnName");
        Guard.NotEmpty(predictedLabel, "predictedLabelColumnName");
        Label = Find("Label", label);
        Score = Find("Score", score);
        // It must be there; the metrics come from the score alone.
        Find("PredictedLabel", predictedLabel);
    }

    public IDataView Data { get; }

    public DataViewSchema.Column Label { get; }

    public DataViewSchema.Column Score { get; }

    public DataViewSchema.Column Find(string role, string name)
        => Data.Schema.GetColumnOrNull(name) ?? throw Guard.BadArgument("schema", $"{role} column '{name}' not found");

    public static Exception Mismatch(string role, DataViewSchema.Column column, string expected)
        => Guard.WrongColumnType(role, column.Name, expected, column.Type.ToString(), "schema");

    /// <summary>The label as a number: a key's values count from 0, a missing one is NaN.</summary>
    public Func<float> LabelReader(DataViewRow row)
    {
        if (Label.Type is BooleanDataViewType)
        {
            var getBoolean = row.GetGetter<bool>(row.Schema[Label.Index]);
            var flag = false;
            return () =>
            {
                getBoolean(ref flag);
                return flag ? 1 : 0;
            };
        }
        var read = NumberReader.Of(row, row.Schema[Label.Index]);
        if (Label.Type is KeyDataViewType key)
            return () => read() is var k && k > 0 && k <= key.Count ? (float)(k - 1) : float.NaN;
        return () => (float)read();
    }

    public static Func<float> SingleReader(DataViewRow row, DataViewSchema.Column column)
    {
        var get = row.GetGetter<float>(row.Schema[column.Index]);
        float value = 0;
        return () =>
        {
            get(ref value);
            return value;
        };
    }
}

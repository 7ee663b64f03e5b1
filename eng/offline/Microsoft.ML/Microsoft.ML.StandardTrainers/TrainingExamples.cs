using Microsoft.ML.Data;
using Microsoft.ML.Offline;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>The rows that can be trained on, in memory. Rows without a label or with a feature that is no number are left out.</summary>
internal sealed class TrainingExamples(int classes, int width)
{
    public int Classes => classes;

    public int Width => width;

    public List<float[]> Features { get; } = new();

    public List<int> Labels { get; } = new();

    public List<float> Weights { get; } = new();

    public static TrainingExamples Read(IDataView data, string feature, string label, string weight, IChannel channel)
    {
        var featureColumn = data.Schema[feature];
        var labelColumn = data.Schema[label];
        var keys = labelColumn.Type.GetKeyCount();
        Guard.State(keys <= int.MaxValue, $"The label '{label}' has too many classes.");
        var examples = new TrainingExamples((int)keys, featureColumn.Type.GetVectorSize());
        DataViewSchema.Column[] needed = [featureColumn, labelColumn, .. weight is null ? [] : new[] { data.Schema[weight] }];

        using var cursor = data.GetRowCursor(needed);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(featureColumn);
        var getLabel = cursor.GetGetter<uint>(labelColumn);
        var getWeight = weight is null ? static (ref float w) => w = 1 : cursor.GetGetter<float>(data.Schema[weight]);
        VBuffer<float> features = default;
        uint number = 0;
        float rowWeight = 0;
        long skipped = 0;
        while (cursor.MoveNext())
        {
            getFeatures(ref features);
            getLabel(ref number);
            getWeight(ref rowWeight);
            var values = features.DenseValues().ToArray();
            if (number == 0 || number > keys || !float.IsFinite(rowWeight) || !Array.TrueForAll(values, float.IsFinite))
            {
                skipped++;
                continue;
            }
            examples.Features.Add(values);
            examples.Labels.Add((int)number - 1);
            examples.Weights.Add(rowWeight);
        }
        if (skipped > 0)
            channel.Warning(MessageSensitivity.None, "Skipped {0} instances with missing features/label during training", skipped);
        Guard.State(examples.Labels.Count > 0, "No valid training instances found, all instances have missing features.");
        return examples;
    }
}

namespace Hdge.Tests.Calibration;

/// <summary>Logits whose labels are drawn from softmax(scales ∘ (f − mean f) + biases): what there is to find is known.</summary>
internal sealed record Logits(float[] Values, int[] Labels, int ClassCount)
{
    public static Logits Draw(int seed, int count, double[] scales, double[]? biases = null, double spread = 4)
    {
        var random = new Random(seed);
        int classes = scales.Length;
        var values = new float[count * classes];
        var labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            float offset = 10 * random.NextSingle();
            for (int c = 0; c < classes; c++)
                values[i * classes + c] = offset + (float)(spread * random.NextDouble());
            double[] row = Row(values, i, classes);
            double mean = row.Average();
            double[] p = Softmax([.. row.Select((f, c) => scales[c] * (f - mean) + (biases?[c] ?? 0))]);
            double at = random.NextDouble();
            while (labels[i] < classes - 1 && (at -= p[labels[i]]) > 0)
                labels[i]++;
        }
        return new(values, labels, classes);
    }

    public double[] Row(int i) => Row(Values, i, ClassCount);

    public static double[] Softmax(double[] logits)
    {
        double[] weights = [.. logits.Select(f => Math.Exp(f - logits.Max()))];
        return [.. weights.Select(w => w / weights.Sum())];
    }

    private static double[] Row(float[] values, int i, int classes) => [.. values.Skip(i * classes).Take(classes).Select(f => (double)f)];
}

namespace Hdge.Tests.Calibration;

/// <summary>Rows of class probabilities with labels, random and adversarial.</summary>
public sealed record ScoredRows(string Name, float[] Probabilities, int[] Labels, int ClassCount)
{
    public int Count => Labels.Length;

    public float[] Row(int i) => Probabilities[(i * ClassCount)..((i + 1) * ClassCount)];

    public float[] Confidences => [.. Enumerable.Range(0, Count).Select(i => Row(i).Max())];

    public bool[] Correct => [.. Enumerable.Range(0, Count).Select(i => Array.IndexOf(Row(i), Row(i).Max()) == Labels[i])];

    public override string ToString() => Name;

    public static TheoryData<ScoredRows> All()
    {
        var random = new Random(11);
        return
        [
            Softmax("random", random, 400, 5, 3),
            Softmax("nearly hard", random, 300, 4, 60),
            Softmax("many classes", random, 50, 100, 2),
            Softmax("one image", random, 1, 3, 2),
            Softmax("fewer images than bins", random, 7, 3, 2),
            Softmax("one class only", random, 60, 3, 2) with { Labels = new int[60] },
            Binary("all tied", [.. Enumerable.Repeat(0.7f, 45)], random),
            Binary("all tied on an edge", [.. Enumerable.Repeat(0.75f, 45)], random),
            Binary("0 and 1", [.. Enumerable.Range(0, 80).Select(i => (float)(i % 2))], random),
            Binary("edges", [.. Enumerable.Range(0, 200).Select(i => i % 21 / 20f)], random),
            Binary("levels", [.. Enumerable.Range(0, 300).Select(_ => random.Next(9) / 8f)], random),
            Binary("always right", [.. Enumerable.Repeat(0.9f, 30)], random) with { Labels = new int[30] },
            Binary("always wrong", [.. Enumerable.Repeat(1f, 30)], random) with { Labels = [.. Enumerable.Repeat(1, 30)] },
        ];
    }

    private static ScoredRows Softmax(string name, Random random, int count, int classes, double scale)
    {
        var probabilities = new List<float>();
        for (int i = 0; i < count; i++)
        {
            double[] weights = [.. Enumerable.Range(0, classes).Select(_ => Math.Exp(scale * random.NextDouble()))];
            probabilities.AddRange(weights.Select(w => (float)(w / weights.Sum())));
        }
        return new(name, [.. probabilities], [.. Enumerable.Range(0, count).Select(_ => random.Next(classes))], classes);
    }

    private static ScoredRows Binary(string name, float[] first, Random random) =>
        new(name, [.. first.SelectMany(p => new[] { p, 1 - p })], [.. first.Select(p => random.NextDouble() < p ? 0 : 1)], 2);
}

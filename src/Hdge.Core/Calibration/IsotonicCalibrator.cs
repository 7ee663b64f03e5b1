using System.Text.Json.Serialization;
using Hdge.Metrics;

namespace Hdge.Calibration;

/// <summary>The rising step function closest to the outcomes in squares (isotonic regression by pooling adjacent violators, Ayer et al. 1955; Zadrozny and Elkan 2002).</summary>
internal sealed class IsotonicCalibrator : OneVersusRestCalibrator
{
    [JsonConstructor]
    internal IsotonicCalibrator(int classCount, IReadOnlyList<StepFunction> steps) : base(classCount, steps)
    {
    }

    /// <summary>
    /// A function a class. Outcomes count as Platt's targets, (N₊ + 1) / (N₊ + 2) and 1 / (N₋ + 2). Equal probabilities share a step; between two steps the edge
    /// lies half-way from the last probability of one to the first of the next.
    /// </summary>
    /// <param name="data">Held-out images.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static IsotonicCalibrator Fit(LabelledLogits data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data.ClassCount, FitSteps(data, (p, y) => FitClass(p, y), cancellationToken));
    }

    /// <summary>The function of one class.</summary>
    /// <param name="probabilities">At least one, 0..1.</param>
    /// <param name="positive">Whether the image is of the class, one a probability.</param>
    internal static StepFunction FitClass(ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> positive)
    {
        Reliability.Check(probabilities, positive);
        var targets = PlattTargets.Of(positive);
        float[] sorted = probabilities.ToArray();
        bool[] outcome = positive.ToArray();
        Array.Sort(sorted, outcome);
        var blocks = new List<(float Low, float High, int Positive, int Count)>();
        for (int i = 0; i < sorted.Length;)
        {
            (float Low, float High, int Positive, int Count) block = (sorted[i], sorted[i], 0, 0);
            for (; i < sorted.Length && sorted[i] == block.Low; i++)
                block = (block.Low, block.High, block.Positive + (outcome[i] ? 1 : 0), block.Count + 1);
            while (blocks.Count > 0 && (long)blocks[^1].Positive * block.Count >= (long)block.Positive * blocks[^1].Count) // the targets keep the order of the shares
            {
                var before = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                block = (before.Low, block.High, before.Positive + block.Positive, before.Count + block.Count);
            }
            blocks.Add(block);
        }
        var upper = new float[blocks.Count];
        for (int i = 0; i < upper.Length - 1; i++)
        {
            float edge = (blocks[i].High + blocks[i + 1].Low) / 2;
            upper[i] = edge < blocks[i + 1].Low ? edge : blocks[i].High;
        }
        upper[^1] = 1;
        return new(upper, blocks.Select(b => targets.Mean(b.Positive, b.Count)).ToArray());
    }
}

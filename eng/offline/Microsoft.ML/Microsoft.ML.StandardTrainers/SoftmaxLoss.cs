using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Mean weighted cross-entropy of a linear softmax model plus l2/2·‖W‖², with its gradient. Parameters: one row a class, its bias last.
/// Each feature is scaled to at most 1 in size while training, so that large ones do not rule the steps.
/// </summary>
internal sealed class SoftmaxLoss(TrainingExamples examples, double l2)
{
    private readonly int _stride = examples.Width + 1;
    private readonly double _totalWeight = examples.Weights.Sum(w => (double)w);
    private readonly double[] _scale = Enumerable.Range(0, examples.Width)
        .Select(j => examples.Features.Max(f => Math.Abs(f[j])) is var max && max > 0 ? 1.0 / max : 0)
        .ToArray();

    public int Size => examples.Classes * _stride;

    public double Evaluate(double[] parameters, double[] gradient)
    {
        Array.Clear(gradient);
        double loss = 0;
        var probabilities = new double[examples.Classes];
        var scaled = new double[_stride];
        for (var row = 0; row < examples.Labels.Count; row++)
        {
            var features = examples.Features[row];
            for (var j = 0; j < features.Length; j++)
                scaled[j] = features[j] * _scale[j];
            scaled[^1] = 1;
            for (var c = 0; c < probabilities.Length; c++)
                probabilities[c] = Dot(parameters, c * _stride, scaled);
            var logSum = Softmax.InPlace(probabilities);

            var label = examples.Labels[row];
            var weight = examples.Weights[row] / _totalWeight;
            loss += weight * (logSum - Dot(parameters, label * _stride, scaled));
            for (var c = 0; c < probabilities.Length; c++)
            {
                var slope = weight * (probabilities[c] - (c == label ? 1 : 0));
                for (var j = 0; j < _stride; j++)
                    gradient[c * _stride + j] += slope * scaled[j];
            }
        }
        for (var i = 0; i < parameters.Length; i++)
        {
            // Biases are free.
            if (i % _stride == _stride - 1)
                continue;
            loss += l2 / 2 * parameters[i] * parameters[i];
            gradient[i] += l2 * parameters[i];
        }
        return loss;
    }

    public MaximumEntropyModelParameters ToModel(double[] parameters)
    {
        var weights = Enumerable.Range(0, examples.Classes)
            .Select(c => Enumerable.Range(0, examples.Width).Select(j => (float)(parameters[c * _stride + j] * _scale[j])).ToArray())
            .ToArray();
        var biases = Enumerable.Range(0, examples.Classes).Select(c => (float)parameters[c * _stride + _stride - 1]).ToArray();
        return new MaximumEntropyModelParameters(weights, biases);
    }

    private static double Dot(double[] parameters, int start, double[] x)
    {
        double sum = 0;
        for (var j = 0; j < x.Length; j++)
            sum += parameters[start + j] * x[j];
        return sum;
    }
}

internal static class Softmax
{
    /// <summary>Turns logits into probabilities and returns the logarithm of the sum of their exponentials.</summary>
    public static double InPlace(double[] logits)
    {
        var max = logits.Max();
        var sum = logits.Sum(z => Math.Exp(z - max));
        for (var i = 0; i < logits.Length; i++)
            logits[i] = Math.Exp(logits[i] - max) / sum;
        return max + Math.Log(sum);
    }
}

using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Optimization;

namespace Hdge.Calibration;

/// <summary>
/// Vector and matrix scaling, softmax(W x + b) with a diagonal or full W (Guo et al. 2017, section 4.2), of x = (f − mean f) / T, T the fitted temperature.
/// Minimises the negative log-likelihood of n held-out images plus ½ (Σ_c (W_cc − 1)² + C Σ_{i≠j} W_ij² + Σ_c b_c²), over n: off-diagonal entries and
/// biases are held back as in Kull et al. 2019 (ODIR), the diagonal by its distance from temperature scaling, and the more images the less. So a class
/// without held-out images keeps finite weights. Convex; L-BFGS from temperature scaling.
/// </summary>
internal sealed class AffineScaling
{
    private const int Memory = 10, MaximumIterations = 500;

    private readonly int _classes, _weights;
    private readonly bool _full;
    private readonly int[] _labels;
    private readonly double[] _inputs, _logits; // image after image, which is a classes × images matrix by columns
    private readonly CancellationToken _cancellationToken;
    private (double Value, double[] Parameters) _best = (double.PositiveInfinity, []);

    private AffineScaling(LabelledLogits data, bool full, double temperature, CancellationToken cancellationToken)
    {
        int classCount = data.ClassCount;
        var logits = data.Values;
        (_classes, _weights, _full, _labels, _cancellationToken) = (classCount, full ? classCount * classCount : classCount, full, data.Labels.ToArray(), cancellationToken);
        (_inputs, _logits) = (new double[logits.Length], new double[logits.Length]);
        for (int start = 0; start < logits.Length; start += classCount)
        {
            double mean = Mean(logits.Slice(start, classCount));
            for (int c = start; c < start + classCount; c++)
                _inputs[c] = (logits[c] - mean) / temperature;
        }
    }

    public static double Mean(ReadOnlySpan<float> logits)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += logit;
        return sum / logits.Length;
    }

    /// <summary>W, of <see cref="VectorCalibrator"/> the diagonal alone, with <paramref name="full"/> that of <see cref="MatrixCalibrator"/> row after row, and b; for logits, not for x.</summary>
    public static (float[] Weights, float[] Biases) Fit(LabelledLogits data, bool full, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(data);
        int classCount = data.ClassCount, count = full ? classCount * classCount : classCount;
        double temperature = TemperatureCalibrator.Fit(data, cancellationToken).Temperature;
        double[] found = new AffineScaling(data, full, temperature, cancellationToken).Minimise();
        var weights = new float[count];
        for (int i = 0; i < count; i++) // the minimiser keeps W by columns
            weights[i] = (float)(found[full ? i % classCount * classCount + i / classCount : i] / temperature);
        return (weights, [.. found.Skip(count).Select(b => (float)b)]);
    }

    private double[] Minimise()
    {
        var start = new double[_weights + _classes];
        for (int c = 0; c < _classes; c++)
            start[_full ? c * (_classes + 1) : c] = 1;
        try
        {
            new LimitedMemoryBfgsMinimizer(1e-7, 1e-9, 1e-12, Memory, MaximumIterations).FindMinimum(ObjectiveFunction.Gradient(Evaluate), DenseVector.OfArray(start));
        }
        catch (OptimizationException)
        {
            // The line search found nothing lower at the limit of precision, or the iterations ran out: the best point so far stands.
        }
        return _best.Parameters;
    }

    private (double Value, Vector<double> Gradient) Evaluate(Vector<double> at)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        double[] parameters = at.ToArray(), gradient = new double[parameters.Length];
        Transform(parameters);
        double value = Penalty(parameters, gradient);
        for (int i = 0; i < _labels.Length; i++)
            value += Residual(_logits.AsSpan(i * _classes, _classes), _labels[i]);
        AddSlopes(gradient);
        value /= _labels.Length;
        if (value < _best.Value)
            _best = (value, parameters);
        return (value, DenseVector.OfArray(gradient) / _labels.Length);
    }

    /// <summary>W x + b of every image.</summary>
    private void Transform(double[] parameters)
    {
        if (_full)
            new DenseMatrix(_classes, _classes, parameters[.._weights]).Multiply(new DenseMatrix(_classes, _labels.Length, _inputs), new DenseMatrix(_classes, _labels.Length, _logits));
        for (int i = 0; i < _logits.Length; i++)
            _logits[i] = (_full ? _logits[i] : parameters[i % _classes] * _inputs[i]) + parameters[_weights + i % _classes];
    }

    /// <summary>The penalty at the parameters; its gradient is added.</summary>
    private double Penalty(double[] parameters, double[] gradient)
    {
        double penalty = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            bool diagonal = i < _weights && (!_full || i % (_classes + 1) == 0);
            double strength = i < _weights && !diagonal ? _classes : 1, distance = parameters[i] - (diagonal ? 1 : 0);
            penalty += 0.5 * strength * distance * distance;
            gradient[i] += strength * distance;
        }
        return penalty;
    }

    /// <summary>Replaces an image's logits by softmax − one-hot label; its negative log-likelihood.</summary>
    private static double Residual(Span<double> logits, int label)
    {
        double top = double.NegativeInfinity, sum = 0;
        foreach (double logit in logits)
            top = Math.Max(top, logit);
        double relative = logits[label] - top;
        foreach (ref double logit in logits)
            sum += logit = Math.Exp(logit - top);
        foreach (ref double p in logits)
            p /= sum;
        logits[label] -= 1;
        return Math.Log(sum) - relative;
    }

    /// <summary>Adds Σ residual · xᵀ and Σ residual.</summary>
    private void AddSlopes(double[] gradient)
    {
        if (_full)
        {
            var slopes = new DenseMatrix(_classes, _labels.Length, _logits).TransposeAndMultiply(new DenseMatrix(_classes, _labels.Length, _inputs)).ToColumnMajorArray();
            for (int i = 0; i < _weights; i++)
                gradient[i] += slopes[i];
        }
        for (int i = 0; i < _logits.Length; i++)
        {
            if (!_full)
                gradient[i % _classes] += _logits[i] * _inputs[i];
            gradient[_weights + i % _classes] += _logits[i];
        }
    }
}

using Hdge.Calibration;
using Hdge.Detection;

namespace Hdge;

/// <summary>What the members of an ensemble say of some images, added up.</summary>
internal sealed class EnsembleSums(int capacity, int classCount, ScoreBatch? member)
{
    private const double LeastProbability = 1e-38; // below it a probability of single precision loses digits

    private readonly double[] _probabilities = new double[capacity * classCount], _entropy = new double[capacity], _logDensity = new double[capacity], _score = new double[capacity];
    private readonly bool[] _inRange = new bool[capacity], _finite = new bool[capacity];
    private readonly float[] _logits = new float[classCount];
    private bool _any;

    /// <summary>What one member says, before it is added.</summary>
    public ScoreBatch Member { get; set; } = member!;

    public void Clear() => _any = false;

    /// <summary>log p, as logits: for a calibrator.</summary>
    public static void Logarithms(ReadOnlySpan<float> probabilities, Span<float> logits)
    {
        for (int c = 0; c < logits.Length; c++)
            logits[c] = (float)Math.Log(Math.Max(probabilities[c], LeastProbability));
    }

    /// <summary>Adds the first images of <see cref="Member"/>.</summary>
    public void Add(int count)
    {
        if (!_any)
        {
            Array.Clear(_probabilities);
            Array.Clear(_entropy);
            Array.Clear(_logDensity);
            Array.Clear(_score);
            Array.Fill(_inRange, true);
            Array.Fill(_finite, true);
            _any = true;
        }
        for (int i = 0; i < count; i++)
        {
            for (int c = i * classCount; c < (i + 1) * classCount; c++)
            {
                double p = Member.Probabilities[c];
                _probabilities[c] += p;
                _entropy[i] += Entropy(p);
            }
            _logDensity[i] += Member.LogDensity[i];
            _score[i] += Member.DetectionScore[i];
            _inRange[i] &= Member.IsInRange[i];
            _finite[i] &= float.IsFinite(Member.Confidence[i]);
        }
    }

    /// <summary>Writes what the ensemble says.</summary>
    /// <param name="count">Images.</param>
    /// <param name="members">How many were added.</param>
    /// <param name="at">Place of the first image.</param>
    /// <param name="into">Takes the scores.</param>
    /// <param name="calibrator">The ensemble's.</param>
    /// <param name="decision">The ensemble's.</param>
    public void Finish(int count, int members, int at, ScoreBatch into, Calibrator calibrator, Decision decision)
    {
        for (int i = 0; i < count; i++)
        {
            int row = at + i;
            var mean = into.Probabilities.AsSpan(row * classCount, classCount);
            double entropy = 0;
            for (int c = 0; c < classCount; c++)
            {
                double p = _probabilities[i * classCount + c] / members;
                (mean[c], entropy) = ((float)p, entropy + Entropy(p));
            }
            int best = LogitRow.Best(mean);
            into.Disagreement[row] = (float)Math.Max(0, entropy - _entropy[i] / members);
            into.LogDensity[row] = (float)(_logDensity[i] / members);
            into.DetectionScore[row] = decision.Score == HdgeEnsemble.Agreement ? -into.Disagreement[row] : (float)(_score[i] / members);
            var calibrated = into.CalibratedProbabilities.AsSpan(row * classCount, classCount);
            if (_finite[i])
            {
                Logarithms(mean, _logits);
                calibrator.Apply(_logits, [into.DetectionScore[row]], calibrated);
            }
            else
                calibrated.Fill(float.NaN);
            into.Confidence[row] = calibrated[best];
            into.IsInRange[row] = _inRange[i];
            into.IsInDistribution[row] = _finite[i] && _inRange[i] && decision.Keeps(into.DetectionScore[row]);
            into.PredictedClass[row] = best;
        }
    }

    private static double Entropy(double p) => p > 0 ? -p * Math.Log(p) : 0;
}

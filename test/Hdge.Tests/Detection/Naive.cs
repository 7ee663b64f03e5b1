using Hdge.Detection;
using Hdge.Networks;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Hdge.Tests.Detection;

/// <summary>Random batches, and textbook formulas in double precision to hold the detectors against.</summary>
internal static class Naive
{
    public static float[][] Rows(int count, int length, int seed, float scale = 1) =>
        [.. Enumerable.Range(0, count).Select(i => Random(seed + 1000 * i, length, scale))];

    private static float[] Random(int seed, int length, float scale)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => scale * (2 * random.NextSingle() - 1))];
    }

    public static Tensor Matrix(float[][] rows) => tensor(rows.SelectMany(r => r).ToArray(), [rows.Length, rows[0].Length]);

    /// <summary>What a detector says of logits and features.</summary>
    public static float[] Score(Detector detector, float[][] logits, float[][]? features = null, double temperature = 1, DetectorState? state = null, DetectorSet? detectors = null)
    {
        using var scope = NewDisposeScope();
        using var input = new DetectionInput(Matrix(logits), features is null ? null : Matrix(features), temperature, detectors);
        var scores = new float[logits.Length];
        detector.Score(input, state ?? DetectorState.Empty, scores);
        return scores;
    }

    /// <summary>What a detector is fitted to by features, logits and labels; what it makes is the caller's scope's.</summary>
    public static DetectorState Fit(Detector detector, Backbone network, float[][] features, float[][] logits, int[] labels)
    {
        var training = new DetectorTraining(network.FeatureLength, network.ClassCount, 1, () => (labels, [.. logits.SelectMany(f => f)], Matrix(features)), Head(network),
            _ => throw new NotSupportedException());
        return detector.Fit(training).Own(detector.StateName, detector.Layout(network.FeatureLength, network.ClassCount));
    }

    /// <summary>Detectors that were not fitted.</summary>
    public static DetectorSet Set(Backbone network, DetectionOptions? options = null) => new(new Hdge.ScoringForm(network, mixed: false), options ?? new(), new Dictionary<string, DetectorState>(), Head(network));

    private static Lazy<LinearHead> Head(Backbone network) => new(() => LinearHead.Of(network));

    public static double LogSumExp(IEnumerable<double> values)
    {
        double[] all = [.. values];
        return all.Max() + Math.Log(all.Sum(v => Math.Exp(v - all.Max())));
    }

    public static double[] Softmax(float[] logits)
    {
        double total = LogSumExp(logits.Select(f => (double)f));
        return [.. logits.Select(f => Math.Exp(f - total))];
    }

    public static double[] Doubles(float[] values) => [.. values.Select(v => (double)v)];

    /// <summary>Σ x xᵀ / n, drawn by the share towards m times the identity, with ‖A‖² = tr(A Aᵀ) / F and m the mean of the diagonal.</summary>
    public static Matrix<double> Shrunk(IReadOnlyList<Vector<double>> vectors, double share)
    {
        var sample = Moment(vectors);
        return share * (sample.Trace() / sample.RowCount) * DenseMatrix.CreateIdentity(sample.RowCount) + (1 - share) * sample;
    }

    /// <summary>The share as Ledoit and Wolf (2004, section 3.2) write it down.</summary>
    public static double LedoitWolfShare(IReadOnlyList<Vector<double>> vectors)
    {
        var sample = Moment(vectors);
        int length = sample.RowCount;
        double n = vectors.Count, m = sample.Trace() / length, d2 = Norm2(sample - m * DenseMatrix.CreateIdentity(length));
        double b2 = Math.Min(d2, vectors.Sum(x => Norm2(x.OuterProduct(x) - sample)) / (n * n));
        return Math.Max(1e-6, d2 > 0 ? b2 / d2 : 1);

        double Norm2(Matrix<double> a) => (a * a.Transpose()).Trace() / length;
    }

    private static Matrix<double> Moment(IReadOnlyList<Vector<double>> vectors)
    {
        Matrix<double> sample = DenseMatrix.Create(vectors[0].Count, vectors[0].Count, 0);
        foreach (var x in vectors)
            sample += x.OuterProduct(x) / vectors.Count;
        return sample;
    }
}

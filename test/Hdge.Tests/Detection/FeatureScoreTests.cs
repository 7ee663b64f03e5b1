using Hdge.Detection;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Hdge.Tests.Detection;

public sealed class FeatureScoreTests : IDisposable
{
    private const int Length = 6, Classes = 3;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly float[][] _train = Naive.Rows(40, Length, 1), _test = Naive.Rows(30, Length, 7, 2);
    private readonly LinearBackbone _network = new(new ImageShape(1, 2, 3), Classes, 3);

    public void Dispose()
    {
        _network.Dispose();
        _scope.Dispose();
    }

    private float[][] Logits(float[][] features) => [.. features.Select(z => _network.Logits(Naive.Doubles(z)).Select(f => (float)f).ToArray())];

    /// <summary>What a detector that was fitted to features says of others.</summary>
    private float[] Score(Detector detector, float[][] train, float[][] test)
    {
        using var state = Naive.Fit(detector, _network, train, Logits(train), new int[train.Length]);
        return Naive.Score(detector, Logits(test), test, state: state, detectors: Naive.Set(_network));
    }

    private static Vector<double> Vector(float[] z) => DenseVector.OfArray(Naive.Doubles(z));

    [Fact]
    public void TheHeadIsReadOffTheNetwork()
    {
        var head = LinearHead.Of(_network);
        Assert.Equal(Naive.Doubles([.. _network.Weight.Cast<float>()]), head.Weight.data<double>().ToArray(), (a, b) => Math.Abs(a - b) <= 1e-7);
        Assert.Equal(Naive.Doubles(_network.Bias), head.Bias.data<double>().ToArray());
    }

    [Theory]
    [InlineData(40, 3)]
    [InlineData(40, 2)] // a class without an image
    [InlineData(4, 3)]  // fewer images than features
    [InlineData(1, 1)]
    public void MahalanobisEqualsItsFormula(int count, int classes)
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(i => 2 - i % classes)];
        Vector<double>[] train = [.. _train[..count].Select(Vector)];
        var mean = train.Aggregate((a, b) => a + b) / count;
        var means = labels.Distinct().ToDictionary(y => y, y => train.Where((_, i) => labels[i] == y).Aggregate((a, b) => a + b) / labels.Count(l => l == y));
        Vector<double>[] within = [.. train.Select((z, i) => z - means[labels[i]])], total = [.. train.Select(z => z - mean)];
        var (tied, background) = (Inverse(within, within), Inverse(total, within));

        using var gaussian = Naive.Fit(new MahalanobisDetector(), _network, _train[..count], Logits(_train[..count]), labels);
        float[] plain = Naive.Score(new MahalanobisDetector(), Logits(_test), _test, state: gaussian), relative = Naive.Score(new RelativeMahalanobisDetector(), Logits(_test), _test, state: gaussian);
        for (int i = 0; i < _test.Length; i++)
        {
            var z = Vector(_test[i]);
            double nearest = means.Values.Min(m => (z - m) * tied * (z - m)), around = (z - mean) * background * (z - mean);
            Assert.Equal(-nearest, plain[i], 1e-6 * nearest);
            Assert.Equal(around - nearest, relative[i], 1e-6 * (around + nearest));
        }

        // Both are shrunk by the share of the covariance within classes.
        static Matrix<double> Inverse(Vector<double>[] centred, Vector<double>[] within) =>
            centred.All(x => x.L2Norm() == 0) ? DenseMatrix.CreateIdentity(Length) : Naive.Shrunk(centred, Naive.LedoitWolfShare(within)).Inverse();
    }

    [Fact]
    public void NormalizedMahalanobisIsThatOfFeaturesOfLengthOne()
    {
        int[] labels = [.. Enumerable.Range(0, _train.Length).Select(i => i % Classes)];
        float[][] train = [.. _train.Select(Unit)], test = [.. _test.Select(Unit)];
        using var units = Naive.Fit(new MahalanobisDetector(), _network, train, Logits(train), labels);
        using var any = Naive.Fit(new NormalizedMahalanobisDetector(), _network, _train, Logits(_train), labels);
        foreach (var (normalized, plain) in new (Detector, Detector)[] { (new NormalizedMahalanobisDetector(), new MahalanobisDetector()), (new NormalizedRelativeMahalanobisDetector(), new RelativeMahalanobisDetector()) })
        {
            float[] expected = Naive.Score(plain, Logits(test), test, state: units), found = Naive.Score(normalized, Logits(_test), _test, state: any);
            Assert.Equal(expected, found, (a, b) => Math.Abs(a - b) < 1e-3 * (1 + Math.Abs(a)));
        }

        static float[] Unit(float[] z)
        {
            double length = Math.Sqrt(z.Sum(v => (double)v * v));
            return [.. z.Select(v => (float)(v / length))];
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 40)]
    [InlineData(40, 40)]
    [InlineData(50, 9000)] // several blocks
    public void NearestNeighboursEqualASortOfAllDistances(int k, int count)
    {
        float[][] train = Naive.Rows(count, Length, 5);
        train[0] = new float[Length]; // not stored
        if (count == 1)
            train = [.. _train[..1]];
        double[][] units = [.. train.Where(z => z.Any(v => v != 0)).Select(Unit)];
        int stored = units.Length;
        k = Math.Min(k, stored);
        float[][] test = [.. _test, new float[Length]];
        float[] scores = Score(new NearestNeighborDetector { Neighbors = k }, train, test);
        for (int i = 0; i < test.Length; i++)
        {
            double[] z = test[i].Any(v => v != 0) ? Unit(test[i]) : new double[Length];
            double kth = units.Select(u => Math.Sqrt(u.Zip(z).Sum(p => (p.First - p.Second) * (p.First - p.Second)))).Order().ElementAt(k - 1);
            Assert.Equal(-kth, scores[i], 1e-6 / Math.Max(kth, 1e-3)); // 2 − 2·similarity cancels near 0
        }

        static double[] Unit(float[] z)
        {
            double length = Math.Sqrt(z.Sum(v => (double)v * v));
            return [.. z.Select(v => v / length)];
        }
    }

    [Theory]
    [InlineData(null, 100, 1)]
    [InlineData(null, 3000, 30)]
    [InlineData(null, 50000, 50)]
    [InlineData(7, 100, 7)]
    [InlineData(70, 10, 10)]
    public void NeighboursFollowTheSample(int? asked, int count, int expected) => Assert.Equal(expected, new NearestNeighborDetector { Neighbors = asked }.NeighborsOf(count));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void VimEqualsItsFormula(int dimension)
    {
        var weight = DenseMatrix.OfArray(new double[Length, Classes]);
        for (int i = 0; i < Length; i++)
            for (int c = 0; c < Classes; c++)
                weight[i, c] = _network.Weight[i, c];
        var origin = -(weight.Transpose().PseudoInverse() * DenseVector.OfArray(Naive.Doubles(_network.Bias)));
        Matrix<double> moment = DenseMatrix.Create(Length, Length, 0);
        foreach (float[] z in _train)
            moment += (Vector(z) - origin).OuterProduct(Vector(z) - origin);
        var evd = moment.Evd(Symmetricity.Symmetric); // ascending
        var principal = evd.EigenVectors.SubMatrix(0, Length, Length - dimension, dimension);
        double Residual(float[] z)
        {
            var x = Vector(z) - origin;
            return (x - principal * (principal.Transpose() * x)).L2Norm();
        }
        float[][] logits = Logits(_train), tested = Logits(_test);
        double scale = logits.Sum(f => Math.Abs((double)f.Max())) / _train.Sum(Residual);

        var vim = new VimDetector { Dimension = dimension };
        using var state = Naive.Fit(vim, _network, _train, logits, new int[_train.Length]);
        Assert.Equal(scale, state.Numbers["scale"], 1e-6 * scale);
        float[] scores = Naive.Score(vim, tested, _test, state: state);
        for (int i = 0; i < _test.Length; i++)
            Assert.Equal(Naive.LogSumExp(Naive.Doubles(tested[i])) - scale * Residual(_test[i]), scores[i], 1e-5);
    }

    [Fact]
    public void VimDimensionIsThePapers() =>
        Assert.Equal([1000, 512, 320, 32, 1, 0, 5], new[] { (default(int?), 2048), (null, 768), (null, 640), (null, 64), (null, 2), (null, 1), (9, 6) }.Select(d => new VimDetector { Dimension = d.Item1 }.DimensionOf(d.Item2)));

    [Fact]
    public void ReActClipsAtThePercentile()
    {
        float[] all = [.. _train.SelectMany(z => z).Order()];
        double at = 0.9 * (all.Length - 1), clip = all[(int)at] + (at - (int)at) * ((double)all[(int)at + 1] - all[(int)at]);
        Assert.Equal(clip, ReActDetector.Clip(_train.SelectMany(z => z).ToArray(), 90), 1e-12);
        Assert.Equal(all[^1], ReActDetector.Clip(all, 100));
        float[] scores = Score(new ReActDetector(), _train, _test);
        for (int i = 0; i < _test.Length; i++)
            Assert.Equal(Naive.LogSumExp(_network.Logits([.. _test[i].Select(v => Math.Min(v, clip))])), scores[i], 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(90)]
    public void AshKeepsAndScalesTheLargest(double percentile)
    {
        float[][] test = [.. _test, [1, 1, 1, 0, -1, 1], new float[Length], [-1, -2, -3, -4, -5, -6]];
        int keep = Length - Math.Min((int)Math.Round(Length * percentile / 100), Length - 1);
        float[] scores = Naive.Score(new AshDetector { Percentile = percentile }, Logits(test), test, detectors: Naive.Set(_network));
        for (int i = 0; i < test.Length; i++)
        {
            double[] z = [.. test[i].Select(v => Math.Max(0.0, v))];
            int[] kept = [.. Enumerable.Range(0, Length).OrderByDescending(j => z[j]).ThenBy(j => j).Take(keep)];
            double s1 = z.Sum(), s2 = kept.Sum(j => z[j]);
            double expected = Naive.LogSumExp(_network.Logits([.. z.Select((v, j) => kept.Contains(j) && s2 > 0 ? v * Math.Exp(s1 / s2) : 0)]));
            Assert.Equal(expected, scores[i], 1e-5 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void ScaleMultipliesAllFeatures()
    {
        float[][] test = [.. _test, [1, 1, 1, 0, -1, 1], new float[Length], [-1, -2, -3, -4, -5, -6]];
        float[] scores = Naive.Score(new ScaleDetector { Percentile = 50 }, Logits(test), test, detectors: Naive.Set(_network));
        for (int i = 0; i < test.Length; i++)
        {
            double[] positive = [.. test[i].Select(v => Math.Max(0.0, v)).OrderDescending()];
            double largest = positive[..3].Sum(), r = largest > 0 ? positive.Sum() / largest : 0;
            double expected = Naive.LogSumExp(_network.Logits([.. test[i].Select(v => v * Math.Exp(r))]));
            Assert.Equal(expected, scores[i], 1e-5 * Math.Max(1, Math.Abs(expected)));
        }
    }

    [Fact]
    public void FdbdAndNciEqualTheirFormulas()
    {
        double[] mean = [.. Enumerable.Range(0, Length).Select(f => _train.Average(z => (double)z[f]))];
        float[] fdbd = Score(new FdbdDetector(), _train, _test), nci = Score(new NciDetector { Alpha = 0.01 }, _train, _test);
        float[][] logits = Logits(_test);
        for (int i = 0; i < _test.Length; i++)
        {
            int best = Array.IndexOf(logits[i], logits[i].Max());
            double[] centred = [.. _test[i].Select((v, f) => v - mean[f])];
            double length = Math.Sqrt(centred.Sum(v => v * v));
            double apart = Enumerable.Range(0, Classes).Where(c => c != best).Average(c =>
                Math.Abs((double)logits[i][best] - logits[i][c]) / Math.Sqrt(Enumerable.Range(0, Length).Sum(f => Math.Pow((double)_network.Weight[f, best] - _network.Weight[f, c], 2))));
            Assert.Equal(apart / length, fdbd[i], 1e-5);
            Assert.Equal(centred.Select((v, f) => v * _network.Weight[f, best]).Sum() / length + 0.01 * _test[i].Sum(v => Math.Abs((double)v)), nci[i], 1e-5);
        }
        Assert.All(Score(new FdbdDetector(), _train, [[.. mean.Select(v => (float)v)]]), s => Assert.True(float.IsFinite(s)));
        Assert.All(Score(new NciDetector(), [new float[Length]], [new float[Length]]), s => Assert.True(float.IsFinite(s)));
    }

    [Fact]
    public void NnGuideAndRelationEqualTheirFormulas()
    {
        float[] guided = Score(new NnGuideDetector { Neighbors = 4 }, _train, _test), related = Score(new RelationDetector { Threshold = 0.05 }, _train, _test);
        float[][] trainLogits = Logits(_train), logits = Logits(_test);
        for (int i = 0; i < _test.Length; i++)
        {
            double[] cosines = [.. _train.Select(z => Vector(z).Normalize(2) * Vector(_test[i]).Normalize(2))];
            double own = Naive.LogSumExp(Naive.Doubles(logits[i]));
            double guide = cosines.Select((c, j) => c * Naive.LogSumExp(Naive.Doubles(trainLogits[j]))).OrderDescending().Take(4).Average();
            Assert.Equal(own * guide, guided[i], 1e-5);
            double relation = cosines.Select((c, j) => Math.Max(0, c) * Naive.Softmax(logits[i]).Zip(Naive.Softmax(trainLogits[j]), (p, q) => p * q).Sum()).Where(g => g >= 0.05).Sum() / _train.Length;
            Assert.Equal(relation, related[i], 1e-6);
        }
    }

    [Fact]
    public void AStoreTakesNoMoreThanItIsToldAndSpreadsOverTheSample()
    {
        Assert.Equal([0L, 2, 5, 7], StoredFeatures.Spread(10, 4));
        Assert.Equal([0L, 1, 2], StoredFeatures.Spread(3, 4));
        using var state = Naive.Fit(new RelationDetector { MostStored = 7 }, _network, _train, Logits(_train), new int[_train.Length]);
        Assert.Equal([7L, Length], state.Tensors["features"].shape);
    }

    [Fact]
    public void TheRotationScoreEqualsItsFormula()
    {
        var shape = new ImageShape(1, 3, 3);
        using var network = new LinearBackbone(shape, Classes, 3);
        using var head = nn.Linear(9, 4);
        float[][] images = Naive.Rows(5, 9, 11);
        float[][] logits = [.. images.Select(z => network.Logits(Naive.Doubles(z)).Select(f => (float)f).ToArray())];
        using var state = RotationDetector.StateOf(head);
        using var input = new DetectionInput(Naive.Matrix(logits), Naive.Matrix(images), 1, Naive.Set(network), images: Naive.Matrix(images).reshape(5, 1, 3, 3));
        var scores = new float[5];
        new RotationDetector().Score(input, state, scores);
        float[] weight = head.weight!.data<float>().ToArray(), bias = head.bias!.data<float>().ToArray();
        for (int i = 0; i < 5; i++)
        {
            double told = 0;
            float[] turned = images[i];
            for (int turn = 0; turn < 4; turn++)
            {
                double[] f = [.. Enumerable.Range(0, 4).Select(r => bias[r] + turned.Select((v, p) => v * (double)weight[r * 9 + p]).Sum())];
                told += (f[turn] - Naive.LogSumExp(f)) / 4;
                turned = [.. Enumerable.Range(0, 9).Select(p => turned[p % 3 * 3 + 2 - p / 3])]; // a quarter against the clock
            }
            double[] p = Naive.Softmax(logits[i]);
            Assert.Equal(p.Sum(q => Math.Log(1.0 / Classes / q)) / Classes + told, scores[i], 1e-5);
        }
    }

    [Fact]
    public void TheCombinationAddsLogarithmsOfSharesAndGoesOnBelowThem()
    {
        float[] reference = [-2, -1, -1, 0, 3];
        var detector = new CombinationDetector { Scores = [DetectionScore.MaxLogit, DetectionScore.CentredDensity] };
        using var state = new DetectorState
        {
            Numbers = new Dictionary<string, double> { ["max-logit"] = 2, ["centred-density"] = 1 },
            Tensors = new Dictionary<string, Tensor> { ["max-logit"] = tensor(reference), ["centred-density"] = tensor([0f, 100f]) },
        };
        float[][] logits = [[-1, -1], [-9, -9], [4, 4], [0, 0], [1.5f, 1.5f]];
        double centred = Math.Log((0.5 + Math.Log(2) / 100 + 0.5) / 3); // log 2 is between the two
        double[] expected = [Math.Log((2 + 0.5) / 6) + centred, Math.Log(1 / 6.0) - 3.5 + centred, Math.Log(5 / 6.0) + centred, Math.Log(4 / 6.0) + centred, Math.Log((3.5 + 0.5 + 0.5) / 6) + centred];
        Assert.Equal(expected, Naive.Score(detector, logits, state: state, detectors: Naive.Set(_network)).Select(s => (double)s), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void RanksAreSharesOfTheReference()
    {
        float[] reference = [-2, -1, -1, 0, 3];
        var detector = new RankAverageDetector { Scores = [DetectionScore.MaxLogit, DetectionScore.MaxProbability] };
        using var state = new DetectorState { Tensors = new Dictionary<string, Tensor> { ["max-logit"] = tensor(reference), ["max-probability"] = tensor([0.2f, 0.5f]) } };
        float[][] logits = [[-1, -1], [-9, -50], [4, 4], [3, -90], [-0.25f, -90]];
        double[] expected = [(2 / 5.0 + 1.5 / 2) / 2, (0.5 / 5 + 0.75) / 2, (4.5 / 5 + 0.75) / 2, (4.5 / 5 + 0.75) / 2, ((2 + 0.75 * 1.5) / 5 + 0.75) / 2];
        Assert.Equal(expected, Naive.Score(detector, logits, state: state, detectors: Naive.Set(_network)).Select(s => (double)s), (a, b) => Math.Abs(a - b) < 1e-6);
        float[] many = ReferenceRank.Reference([.. Enumerable.Range(0, 30_000).Select(i => (float)(29_999 - i))]);
        Assert.Equal((10_000, 1f, 29_998f), (many.Length, many[0], many[^1]));
    }

    [Fact]
    public void ConstantFeaturesGiveNumbers()
    {
        float[][] train = [.. Enumerable.Repeat(new float[Length], 5)];
        using var gaussian = Naive.Fit(new RelativeMahalanobisDetector(), _network, train, Logits(train), [0, 1, 2, 0, 1]);
        Assert.Equal(_test.Select(z => -z.Sum(v => (double)v * v)), Naive.Score(new MahalanobisDetector(), Logits(_test), _test, state: gaussian).Select(s => (double)s), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.All(Naive.Score(new RelativeMahalanobisDetector(), Logits(_test), _test, state: gaussian), s => Assert.Equal(0, s));
        Assert.All(Score(new NearestNeighborDetector { Neighbors = 1 }, train, _test), s => Assert.Equal(-1, s));
        Assert.All(Score(new VimDetector { Dimension = 3 }, train, _test), s => Assert.True(float.IsFinite(s)));
    }
}

using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>Fits the scores that need statistics, and chooses where it is asked to.</summary>
internal static class DetectorFitting
{
    public static DetectorSet Fit(HdgeModel model, ImageSet train, ImageSet heldOut, DetectionOptions options, double rate, int seed, CancellationToken cancellationToken)
    {
        // Fixed here, so that a later calibration does not move scores away from the decision.
        options = options with { EnergyTemperature = options.EnergyTemperature ?? model.Temperature };
        bool auto = options.Score == DetectionScore.Auto;
        var wanted = auto ? [.. DetectionScoreKinds.GradientFree] : With(options, options.Score);
        var statistics = new DetectorStatistics();
        DetectorSet? detectors = null;
        try
        {
            if (wanted.Any(s => s.NeedsFitting() && s != DetectionScore.RankAverage))
                statistics = Features(model, AutoScore.Sample(train, options.SampleSize, Seeds.Mix(seed, 1)), options, wanted, cancellationToken);
            if (wanted.Contains(DetectionScore.RankAverage))
            {
                var members = Borrow(statistics, set => model.DetectionScores(set, heldOut, options.RankScores, cancellationToken));
                statistics = statistics with { References = members.ToDictionary(m => m.Key, m => RankAverageDetector.Reference(m.Value)) };
            }
            var auroc = new Dictionary<DetectionScore, double>();
            if (auto)
                auroc = Borrow(statistics, all => AutoScore.Compare(model, all, heldOut, options.Outliers, Seeds.Mix(seed, 2), cancellationToken));
            var chosen = auto ? AutoScore.Best(auroc) : options.Score;
            statistics = statistics.Keep(With(options, chosen));
            detectors = new DetectorSet(model.Network, model.Device, options, statistics) { AutoAuroc = auroc };
            detectors.Decision = model.Decide(chosen, model.DetectionScores(detectors, heldOut, [chosen], cancellationToken)[chosen], heldOut, rate);
            return detectors;
        }
        catch
        {
            detectors?.ReleaseHead();
            statistics.Dispose();
            throw;
        }

        T Borrow<T>(DetectorStatistics lent, Func<DetectorSet, T> action)
        {
            var set = new DetectorSet(model.Network, model.Device, options, lent);
            try
            {
                return action(set);
            }
            finally
            {
                set.ReleaseHead();
            }
        }
    }

    /// <summary>A score and those to fit beside it, with the members of a rank average.</summary>
    private static HashSet<DetectionScore> With(DetectionOptions options, DetectionScore score)
    {
        HashSet<DetectionScore> wanted = [score, .. options.Also];
        if (wanted.Contains(DetectionScore.RankAverage))
            wanted.UnionWith(options.RankScores);
        return wanted;
    }

    private static DetectorStatistics Features(HdgeModel model, ImageSet sample, DetectionOptions options, HashSet<DetectionScore> wanted, CancellationToken cancellationToken)
    {
        var (logits, features) = model.LogitsAndFeatures(sample, cancellationToken);
        var statistics = new DetectorStatistics();
        try
        {
            var values = TensorMemory.Span<float>(features);
            int length = (int)features.shape[1];
            for (int i = 0; i < values.Length; i++)
                if (!float.IsFinite(values[i]))
                    throw new ArgumentException($"Feature {i % length} of training image {i / length} is {values[i]}, expected finite numbers: the network is not usable.");
            if (Wants(DetectionScore.Mahalanobis) || Wants(DetectionScore.RelativeMahalanobis))
                statistics = statistics with { Gaussian = GaussianStatistics.Fit(features, sample.Labels) };
            cancellationToken.ThrowIfCancellationRequested();
            if (Wants(DetectionScore.NearestNeighbors))
                statistics = statistics with { Neighbors = NearestNeighborDetector.Store(features) };
            if (Wants(DetectionScore.Vim))
            {
                using var head = LinearHead.Of(model.Network);
                statistics = statistics with { Vim = VimStatistics.Fit(features, logits, head, VimStatistics.Dimension(options.VimDimension, length)) };
            }
            cancellationToken.ThrowIfCancellationRequested();
            if (Wants(DetectionScore.ReAct))
                statistics = statistics with { ReActClip = ReActDetector.Clip(values, options.ReActPercentile) };
            return statistics;
        }
        catch
        {
            statistics.Dispose();
            throw;
        }
        finally
        {
            features.Dispose();
        }

        bool Wants(DetectionScore score) => wanted.Contains(score);
    }
}

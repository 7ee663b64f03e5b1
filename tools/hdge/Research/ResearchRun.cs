using System.Diagnostics;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Metrics;
using Hdge.Reports;
using Hdge.Training;

namespace Hdge.Cli.Research;

/// <summary>Trains a row with a seed and measures everything.</summary>
internal static class ResearchRun
{
    public static ResearchResult Run(string settings, ResearchRow row, int seed, TrainingOptions recipe, ResearchData data, string? scoresFolder, Action<string> log, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var options = row.Apply(recipe with
        {
            Seed = seed,
            DensityGauge = DensityGauge.Raw, // both are measured
            Detection = recipe.Detection with { Score = DetectionScore.Auto, Also = DetectorRegistry.GradientFree },
        });
        EpochMetrics? last = null;
        using var model = ModelTrainer.Train(data.Train, options, new TrainingCallbacks { Epoch = m => last = m, Log = log }, cancellationToken);
        var known = new KnownEvaluation(model, data.Known, cancellationToken);
        var detection = new DetectionEvaluation(model, data.Known, data.Unknown, [.. model.Detectors.Available.Where(s => options.Detection.Also.Contains(s))], cancellationToken: cancellationToken);
        if (scoresFolder is not null)
        {
            var heldOut = data.Train.Split(options.ValidationFraction, Seeds.Mix(seed, SeedStream.HeldOutImages)).HeldOut;
            ResearchScores.Write(scoresFolder, FormattableString.Invariant($"{row.Name}-{seed}"), model, [("held-out", heldOut), ("known", data.Known), .. data.Unknown.Select(u => (u.Name, u.Data))], detection.Scores, cancellationToken);
        }
        return new()
        {
            Settings = settings,
            Row = row.Name,
            Seed = seed,
            Device = model.Device.ToString(),
            Seconds = Math.Round(clock.Elapsed.TotalSeconds, 2),
            TrainSeconds = Math.Round(last!.Elapsed.TotalSeconds, 2),
            Accuracy = known.Before.Accuracy,
            NegativeLogLikelihood = Rounded(known.Before.NegativeLogLikelihood),
            Ece = Rounded(known.Before.Ece),
            CalibratedEce = Rounded(known.After.Ece),
            DebiasedEce = Rounded(known.After.DebiasedEce),
            Temperature = Rounded(model.Temperature),
            Chosen = model.Decision.Score.Name,
            TellsUnknownApart = model.Detectors.TellsUnknownApart != false,
            AutoAuroc = model.Detectors.AutoAuroc.ToDictionary(a => a.Key.Name, a => Rounded(a.Value)),
            Kept = Rounded(known.Kept),
            Flagged = detection.FlaggedShare.ToDictionary(f => f.Key, f => Rounded(f.Value)),
            Auroc = BySet(m => m.Auroc),
            FalsePositives = BySet(m => m.FalsePositiveRate),
        };

        Dictionary<string, IReadOnlyDictionary<string, double>> BySet(Func<DetectionMetrics, double> metric) =>
            detection.Metrics.ToDictionary(set => set.Key, set => (IReadOnlyDictionary<string, double>)set.Value.ToDictionary(s => s.Key.Name, s => Rounded(metric(s.Value))));
    }

    private static double Rounded(double value) => Math.Round(value, 5);
}

/// <summary>What the runs train on and are measured by.</summary>
internal sealed record ResearchData(ImageSet Train, ImageSet Known, IReadOnlyList<UnknownSet<ImageSet>> Unknown);

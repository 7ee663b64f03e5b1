using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>Fits the detectors that are asked for, and chooses one where it is asked to.</summary>
internal static class DetectorFitting
{
    public static DetectorSet Fit(HdgeModel model, ImageSet train, ImageSet heldOut, DetectionOptions options, double rate, int seed, CancellationToken cancellationToken)
    {
        bool auto = options.Score == DetectionScore.Auto;
        var catalog = options.Catalog();
        var wanted = catalog.With(auto ? [.. catalog.All.Where(d => !d.Needs.HasFlag(DetectorNeeds.Gradients)).Select(d => d.Kind), .. options.Also] : [options.Score, .. options.Also]);
        var head = new Lazy<LinearHead>(() => LinearHead.Of(model.Network));
        var states = new Dictionary<string, DetectorState>();
        try
        {
            FitStates();
            var auroc = auto ? AutoScore.Compare(model, SoFar(), heldOut, options.Outliers, Seeds.Mix(seed, SeedStream.Outliers), cancellationToken) : [];
            var chosen = auto ? AutoScore.Best(auroc) : options.Score;
            var kept = catalog.With([chosen, .. options.Also]).Select(d => d.StateName).ToHashSet();
            foreach (string name in states.Keys.Where(name => !kept.Contains(name)).ToList())
                if (states.Remove(name, out var state))
                    state.Dispose();
            var detectors = new DetectorSet(model.Scoring, options, states, head) { AutoAuroc = auroc };
            detectors.Decision = model.Decide(chosen, model.DetectionScores(detectors, heldOut, [chosen], cancellationToken)[chosen], heldOut, rate);
            return detectors;
        }
        catch
        {
            foreach (var state in states.Values)
                state.Dispose();
            if (head.IsValueCreated)
                head.Value.Dispose();
            throw;
        }

        void FitStates()
        {
            var training = new DetectorTraining(model.Network.FeatureLength, model.ClassCount, model.Temperature, Sample, head,
                scores => model.DetectionScores(SoFar(), heldOut, scores, cancellationToken));
            try
            {
                foreach (var detector in wanted)
                {
                    var layout = detector.Layout(training.FeatureLength, training.ClassCount);
                    if (layout.IsEmpty)
                        continue;
                    cancellationToken.ThrowIfCancellationRequested();
                    using var off = no_grad();
                    using var scope = NewDisposeScope();
                    if (!states.TryGetValue(detector.StateName, out var state))
                        states.Add(detector.StateName, detector.Fit(training).Own(detector.StateName, layout));
                    else if (layout.Problem(state) is { } problem)
                        throw new InvalidOperationException($"What '{detector.StateName}' was fitted to {problem} for '{detector.Kind}'.");
                }
            }
            finally
            {
                training.Release();
            }
        }

        (int[] Labels, float[] Logits, Tensor Features) Sample()
        {
            var sample = AutoScore.Sample(train, options.SampleSize, Seeds.Mix(seed, SeedStream.TrainingSample));
            var (logits, features) = model.LogitsAndFeatures(sample, cancellationToken);
            return (sample.Labels.ToArray(), logits, features);
        }

        // A view of what is there: nothing of it is released with it.
        DetectorSet SoFar() => new(model.Scoring, options, states, head);
    }
}

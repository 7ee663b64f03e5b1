using Hdge.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge.Detection;

/// <summary>Fits the detectors that are asked for, and chooses one where it is asked to.</summary>
internal static class DetectorFitting
{
    /// <summary>What a score that is trained with the model asks for.</summary>
    public const string TrainedBy = $"expected {nameof(Objectives.ObjectiveOptions)}.{nameof(Objectives.ObjectiveOptions.Rotation)} when it is trained, or another score";

    /// <exception cref="ArgumentException">The score that is to decide cannot be fitted with so few held-out images.</exception>
    public static void RequireEnough(DetectionOptions options, int heldOut)
    {
        if (options.Score != DetectionScore.Auto && options.Catalog().Find(options.Score)?.Lacks(heldOut) is { } lack)
            throw new ArgumentException($"{nameof(DetectionOptions)}.{nameof(DetectionOptions.Score)} is {options.Score}, but {lack}: hold out more images, or choose another score.");
    }

    public static DetectorSet Fit(HdgeModel model, ImageSet train, ImageSet heldOut, DetectionOptions options, double rate, int seed, CancellationToken cancellationToken)
    {
        bool auto = options.Score == DetectionScore.Auto, compares = auto && heldOut.Count >= AutoScore.FewestImages;
        var catalog = options.Catalog();
        RequireEnough(options, heldOut.Count);
        var head = new Lazy<LinearHead>(() => LinearHead.Of(model.Network));
        var states = new Dictionary<string, DetectorState>();
        try
        {
            CarryTrained();
            if (!auto && catalog.Find(options.Score) is { IsTrained: true } decides && !states.ContainsKey(decides.StateName))
                throw new ArgumentException($"The model cannot give the score {options.Score}, which is trained with it: {TrainedBy}.");
            // Of the others, one that was not trained with the model is left out.
            DetectionScore[] named = [.. auto ? Enumerable.Empty<DetectionScore>() : [options.Score], .. options.Also.Where(s => IsThere(catalog.Find(s)!))];
            var wanted = catalog.With([.. named, .. compares ? catalog.All.Where(d => AutoScore.IsCandidate(d) && IsThere(d) && d.Needs.Problem(model.NetworkOptions) is null).Select(d => d.Kind) : []]);
            FitStates(wanted);
            var auroc = compares ? AutoScore.Compare(model, SoFar(), new AutoImages(model, heldOut, options.Outliers, Seeds.Mix(seed, SeedStream.Outliers)), cancellationToken) : [];
            var chosen = compares ? AutoScore.Best(auroc, options.Outliers is not null) : auto ? DetectionScore.LogDensity : options.Score;
            var kept = catalog.With([chosen, .. named]).Concat(catalog.All.Where(d => d.IsTrained)).Select(d => d.StateName).ToHashSet();
            foreach (string name in states.Keys.Where(name => !kept.Contains(name)).ToList())
                if (states.Remove(name, out var state))
                    state.Dispose();
            var detectors = new DetectorSet(model.Scoring, options, states, head) { AutoAuroc = auroc };
            float[] scores = model.DetectionScores(detectors, heldOut, [chosen], cancellationToken)[chosen];
            detectors.Decision = model.Decide(chosen, scores, heldOut, rate);
            detectors.Calibrator = ScoreCalibration.Refit(model.Calibrator, () => model.Logits(heldOut, cancellationToken), heldOut.Labels, chosen, scores, cancellationToken);
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

        bool IsThere(Detector detector) => !detector.IsTrained || states.ContainsKey(detector.StateName);

        // What was trained with the model stays with it, whatever is asked for now.
        void CarryTrained()
        {
            using var held = model.HoldDetectors(out var before);
            foreach (var detector in catalog.All)
                if (detector.IsTrained && before.States.TryGetValue(detector.StateName, out var state))
                    states.Add(detector.StateName, state.Own(detector.StateName, detector.Layout(model.Network.FeatureLength, model.ClassCount), copy: true));
        }

        void FitStates(List<Detector> wanted)
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
            var sample = AutoScore.Sample(model, train, options.SampleSize, Seeds.Mix(seed, SeedStream.TrainingSample));
            var (logits, features) = model.LogitsAndFeatures(sample, cancellationToken);
            return (sample.Labels.ToArray(), logits, features);
        }

        // A view of what is there: nothing of it is released with it.
        DetectorSet SoFar() => new(model.Scoring, options, states, head);
    }
}

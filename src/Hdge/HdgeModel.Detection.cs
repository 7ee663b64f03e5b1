using System.Buffers;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Hdge;

public sealed partial class HdgeModel
{
    private const int MostGradientForward = 64; // the graph keeps what every layer computed

    private DetectorSet _detectors;

    private int LargestGradientForward => Math.Min(MostGradientForward, LargestForward);

    /// <summary>The scores that it can give.</summary>
    public DetectorSet Detectors => Volatile.Read(ref _detectors);

    /// <summary>Several scores of every image, from one forward pass a batch.</summary>
    /// <param name="images">Images of the model's shape.</param>
    /// <param name="scores">Any of <see cref="DetectorSet.Available"/>; those with gradients cost a backward pass each, ODIN another forward pass.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <returns>An array of the images' length a score; higher is more in-distribution.</returns>
    /// <exception cref="ArgumentException">The model was not fitted for a score, or the images have another shape.</exception>
    public IReadOnlyDictionary<DetectionScore, float[]> DetectionScores(ImageSet images, IReadOnlyList<DetectionScore> scores, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(scores);
        using var use = Use();
        using var held = HoldDetectors(out var detectors);
        return DetectionScores(detectors, images, scores, cancellationToken);
    }

    /// <summary>
    /// Fits the scores that <paramref name="options"/> name, chooses one where that is <see cref="DetectionScore.Auto"/>, and makes it the <see cref="Decision"/>.
    /// A calibrator that goes by the deciding score is fitted anew with it. Other threads may score meanwhile, by the scores before or by the new ones. Training does this with <see cref="Training.TrainingOptions.Detection"/>; afterwards it adds scores to a trained model, without touching the weights.
    /// </summary>
    /// <param name="train">Labelled images that the network was trained on; at most <see cref="DetectionOptions.SampleSize"/> of them are looked at.</param>
    /// <param name="heldOut">Labelled images that it was not trained on, for the decision, ranks and the choice. At least one. Those out of range (<see cref="TrainedRange"/>) have no part in the decision.</param>
    /// <param name="options">Which scores, and their settings.</param>
    /// <param name="inDistributionRate">Share of the held-out images that the decision keeps, (0, 1].</param>
    /// <param name="seed">Seed of the samples; equal seeds give equal statistics.</param>
    /// <param name="cancellationToken">Looked at between forward passes; the model stays as it was when it is cancelled.</param>
    /// <exception cref="ArgumentException">An option is out of range, a set is empty or of another shape, or the network's features are not finite.</exception>
    public void FitDetectors(ImageSet train, ImageSet heldOut, DetectionOptions options, double inDistributionRate = 0.95, int seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var use = Use();
        using var on = Autograd.On();
        options.Validate(InputShape);
        options.Validate(NetworkOptions);
        foreach (var (images, name) in new[] { (train, nameof(train)), (heldOut, nameof(heldOut)) })
        {
            ArgumentNullException.ThrowIfNull(images, name);
            CheckShape(images);
            if (images.Count == 0)
                throw new ArgumentException("The set is empty, expected at least one image.", name);
        }
        UseDetectors(DetectorFitting.Fit(this, train, heldOut, options, inDistributionRate, seed, cancellationToken));
    }

    /// <summary>The decision that keeps the given share of the images, of which the scores are given.</summary>
    /// <exception cref="ArgumentException">All images are out of range, a score is not finite, or the rate is out of range.</exception>
    internal Decision Decide(DetectionScore score, float[] scores, ImageSet heldOut, double rate)
    {
        float[] inRange = TrainedRange is { } range ? [.. scores.Where((_, i) => range.Admits(heldOut, i))] : scores;
        if (inRange.Length == 0 && heldOut.Count > 0)
            throw new ArgumentException($"No decision can be made from {heldOut.Count} images out of range. The first {RangeProblem(heldOut, 0)}", nameof(heldOut));
        return Decision.Fit(score, inRange, rate);
    }

    internal IReadOnlyDictionary<DetectionScore, float[]> DetectionScores(DetectorSet detectors, ImageSet images, IReadOnlyList<DetectionScore> scores, CancellationToken cancellationToken)
    {
        CheckShape(images);
        var results = scores.Distinct().ToDictionary(s => s, _ => new float[images.Count]);
        var needs = detectors.Needs([.. results.Keys]);
        bool gradient = needs.HasFlag(DetectorNeeds.Gradients);
        int largest = gradient ? LargestGradientForward : LargestForward;
        using var mode = gradient ? Autograd.On() : null;
        for (int at = 0; at < images.Count && results.Count > 0; at += largest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int n = Math.Min(largest, images.Count - at);
            using var known = gradient ? null : Kept?.Rows(images, at, n);
            using var input = known is null ? Input(images, at, n) : null;
            using var pass = known is null ? DetectionPass.Run(detectors, input!, Temperature, needs) : DetectionPass.RunOver(detectors, known, Temperature, needs);
            foreach (var (score, given) in results)
                pass.Scores(score).CopyTo(given.AsSpan(at));
        }
        return results;
    }

    /// <summary>Logits (count × classes) and penultimate features [count, F] of a whole set; the caller disposes of the tensor.</summary>
    internal (float[] Logits, Tensor Features) LogitsAndFeatures(ImageSet images, CancellationToken cancellationToken)
    {
        var logits = new float[checked(images.Count * ClassCount)];
        var features = empty(images.Count, Network.FeatureLength, dtype: float32).DetachFromDisposeScope();
        try
        {
            PassFeatures(images, (z, at) =>
            {
                TensorMemory.Span<float>(Network.Head(z).cpu().contiguous()).CopyTo(logits.AsSpan(at * ClassCount));
                features.narrow(0, at, z.shape[0]).copy_(z);
            }, cancellationToken);
            return (logits, features);
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    /// <summary>Takes what was trained for detectors along with the network; it stays when scores are fitted.</summary>
    internal void UseTrained(IReadOnlyDictionary<string, DetectorState> states)
    {
        if (states.Count > 0)
            UseDetectors(new DetectorSet(Scoring, new DetectionOptions { Score = DetectionScore.LogDensity }, states, new(() => LinearHead.Of(Network))));
    }

    /// <summary>Features of sets that need not pass the network again, while a run with a frozen one goes on; else null.</summary>
    internal KeptFeatures? Kept { get; set; }

    /// <summary>Hands over features [n, F] on the device of a whole set, batch after batch with the number of its first image.</summary>
    internal void PassFeatures(ImageSet images, Action<Tensor, int> take, CancellationToken cancellationToken)
    {
        using var off = no_grad();
        for (int at = 0; at < images.Count; at += LargestForward)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int n = Math.Min(LargestForward, images.Count - at);
            take(Kept?.Rows(images, at, n) ?? Scoring.Network.Features(Input(images, at, n)), at);
        }
    }

    /// <summary>Takes the place of the detectors so far, which go when nobody scores with them any more.</summary>
    internal void UseDetectors(DetectorSet detectors)
    {
        detectors.Calibrator ??= Calibrator;
        Interlocked.Exchange(ref _detectors, detectors).Release();
    }

    /// <summary>The present detectors; they stay until the result is disposed of, even where others take their place. Within a use of the model.</summary>
    internal UseGate.Use HoldDetectors(out DetectorSet detectors)
    {
        while (true)
        {
            detectors = Detectors;
            if (detectors.TryUse(out var use))
                return use;
        }
    }

    /// <summary>Scores a batch by a score other than the log-density.</summary>
    private void ScoreByDetector(DetectorSet detectors, Decision decision, Tensor input, int at, int count, ScoreBatch into)
    {
        using var pass = DetectionPass.Run(detectors, input, Temperature, detectors.Needs(decision.Score));
        var scores = pass.Scores(decision.Score);
        for (int i = 0; i < count; i++)
            LogitRow.Score(pass.LogitRow(i), at + i, into, scores[i], detectors.Calibrator!, decision);
    }

    // A set's floating-point images are kept already scaled to 0..1.
    private Tensor Input(ImageSet images, int at, int count, Span<bool> inRange = default)
    {
        // Images on disk, or out of order in memory, are copied first: into room that is borrowed.
        byte[] bytes = images.IsBytes ? ArrayPool<byte>.Shared.Rent(count * InputShape.Length) : [];
        float[] singles = images.IsBytes ? [] : ArrayPool<float>.Shared.Rent(count * InputShape.Length);
        var (rentedBytes, rentedSingles) = (bytes, singles);
        try
        {
            return images.IsBytes
                ? _input.FromBytes(images.Bytes(at, count, ref bytes), count, TrainedRange, inRange)
                : _input.FromUnitSingles(images.Singles(at, count, ref singles), count, at, TrainedRange, inRange);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rentedBytes);
            ArrayPool<float>.Shared.Return(rentedSingles);
        }
    }
}

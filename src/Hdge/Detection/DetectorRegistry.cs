using System.Collections.Immutable;

namespace Hdge.Detection;

/// <summary>The detectors that this program knows by name, with their default settings.</summary>
public static class DetectorRegistry
{
    // In the order of docs/detection.md: of scores that tell equally well, Auto takes the first.
    private static ImmutableArray<Detector> s_detectors =
    [
        new LogDensityDetector(),
        new CentredDensityDetector(),
        new EnergyDetector(),
        new MaxProbabilityDetector(),
        new MaxLogitDetector(),
        new EntropyDetector(),
        new GenDetector(),
        new MahalanobisDetector(),
        new RelativeMahalanobisDetector(),
        new NormalizedMahalanobisDetector(),
        new NormalizedRelativeMahalanobisDetector(),
        new NearestNeighborDetector(),
        new NnGuideDetector(),
        new RelationDetector(),
        new FdbdDetector(),
        new NciDetector(),
        new VimDetector(),
        new ReActDetector(),
        new AshDetector(),
        new ScaleDetector(),
        new RotationDetector(),
        new RankAverageDetector(),
        new CombinationDetector(),
        new ApproximateMassDetector(),
        new OdinDetector(),
        new LogLikelihoodDetector(),
        new ComplexityCorrectedDetector(),
    ];

    /// <summary>Every score of a classifier's features and logits, those registered last.</summary>
    public static IReadOnlyList<DetectionScore> All => Scores(without: DetectorNeeds.Likelihood);

    /// <summary>Those of <see cref="All"/> that one forward pass gives.</summary>
    public static IReadOnlyList<DetectionScore> GradientFree => [.. s_detectors.Where(d => IsGradientFree(d) && !d.Needs.HasFlag(DetectorNeeds.Likelihood)).Select(d => d.Kind)];

    /// <summary>Whether one forward pass is all that it takes.</summary>
    internal static bool IsGradientFree(Detector detector) => (detector.Needs & (DetectorNeeds.Gradients | DetectorNeeds.Images)) == DetectorNeeds.None;

    /// <summary>The scores that only a network gives which predicts pixels, <see cref="Networks.PixelTransformerOptions"/>.</summary>
    public static IReadOnlyList<DetectionScore> OfPixels => [.. s_detectors.Where(d => d.Needs.HasFlag(DetectorNeeds.Likelihood)).Select(d => d.Kind)];

    internal static ImmutableArray<Detector> Detectors => s_detectors;

    /// <summary>
    /// Makes a detector known to the whole program: models that were fitted with it can be loaded, and its score can be named like any other. Registering a type again changes nothing; settings of
    /// one model go by <see cref="DetectionOptions.Detectors"/>.
    /// </summary>
    /// <param name="detector">With the settings that are its defaults.</param>
    /// <exception cref="ArgumentException">Its name is another detector's, or its settings are out of range or cannot be saved.</exception>
    public static void Register(Detector detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        DetectorSettings.Check(detector);
        ImmutableInterlocked.Update(ref s_detectors, known => RequireOwnName(known, detector) ? known : known.Add(detector));
    }

    private static DetectionScore[] Scores(DetectorNeeds without) => [.. s_detectors.Where(d => (d.Needs & without) == 0).Select(d => d.Kind)];

    /// <summary>Takes back <see cref="Register"/>; for tests, which share a process.</summary>
    internal static void Forget(DetectionScore score) => ImmutableInterlocked.Update(ref s_detectors, known => known.RemoveAll(d => d.Kind == score));

    /// <summary>Where a score stands in the registry; behind all others where it does not.</summary>
    internal static int Place(DetectionScore score) => s_detectors.TakeWhile(d => d.Kind != score).Count();

    /// <summary>Whether its name is known and means its type.</summary>
    /// <exception cref="ArgumentException">The name means another type.</exception>
    internal static bool RequireOwnName(IReadOnlyList<Detector> known, Detector detector)
    {
        var found = known.FirstOrDefault(d => d.Kind == detector.Kind);
        if (found is not null && found.GetType() != detector.GetType())
            throw new ArgumentException($"The detector {detector.GetType().Name} is named '{detector.Kind}', which is {found.GetType().Name}, expected a name of its own.");
        return found is not null;
    }
}

namespace Hdge.Detection;

/// <summary>The detectors that a model may have: those registered, some with settings of the model's own, then the model's own.</summary>
internal sealed class DetectorCatalog
{
    private readonly Dictionary<DetectionScore, Detector> _byScore;

    /// <param name="own">What the model's options give.</param>
    /// <exception cref="ArgumentException">Two of them have the same name, or one has the name of another type.</exception>
    public DetectorCatalog(IReadOnlyList<Detector> own)
    {
        var registered = DetectorRegistry.Detectors;
        foreach (var detector in own)
            DetectorRegistry.RequireOwnName(registered, detector);
        if (own.GroupBy(d => d.Kind).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{nameof(DetectionOptions.Detectors)} has '{twice.Key}' {twice.Count()} times, expected each name once.");
        _byScore = registered.Concat(own).GroupBy(d => d.Kind).ToDictionary(g => g.Key, g => g.Last());
        All = [.. registered.Concat(own).Select(d => d.Kind).Distinct().Select(score => _byScore[score])];
    }

    /// <summary>In the order of the registry.</summary>
    public IReadOnlyList<Detector> All { get; }

    public Detector? Find(DetectionScore score) => _byScore.GetValueOrDefault(score);

    /// <summary>The detectors of scores and those that they build on, each after what it builds on.</summary>
    /// <exception cref="ArgumentException">One is not known or needs gradients, or one builds on itself.</exception>
    public List<Detector> With(IEnumerable<DetectionScore> scores)
    {
        var ordered = new List<Detector>();
        var begun = new HashSet<DetectionScore>();
        foreach (var score in scores)
            Add(Find(score) ?? throw new ArgumentException(Unknown(score)));
        return ordered;

        void Add(Detector detector)
        {
            if (!begun.Add(detector.Kind))
                return;
            foreach (var used in detector.Uses)
            {
                var other = Find(used);
                Argument.Require(other is not null && !other.Needs.HasFlag(DetectorNeeds.Gradients) && (!begun.Contains(used) || ordered.Contains(other)), used,
                    "scores that this program knows, without gradients, and none that builds on it", $"{detector.GetType().Name}.{nameof(Detector.Uses)}");
                Add(other!);
            }
            ordered.Add(detector);
        }
    }

    /// <summary>That no detector has this name, and the cure.</summary>
    public string Unknown(DetectionScore score) => $"This program knows no detector '{score}', only {string.Join(", ", All.Select(d => d.Kind))}. A detector of your own is made known "
        + $"by {nameof(DetectorRegistry)}.{nameof(DetectorRegistry.Register)}, or for one model by {nameof(DetectionOptions)}.{nameof(DetectionOptions.Detectors)}.";
}

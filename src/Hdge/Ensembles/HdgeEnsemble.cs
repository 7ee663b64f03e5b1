using System.Collections.Concurrent;
using Hdge.Calibration;
using Hdge.Conformal;
using Hdge.Data;
using Hdge.Detection;
using Hdge.Networks;
using Hdge.Persistence;
using Hdge.Reports;
using Hdge.Training;

namespace Hdge;

/// <summary>
/// Several models of the same images and classes that score as one (deep ensembles, Lakshminarayanan et al. 2017): trained from different seeds they agree on what they know and less on what they do not.
/// Probabilities are the mean of the members'; so are all detection scores, the log-density first of all; calibrator, prediction sets and decision are fitted to what the ensemble says. Scores from several threads at once if need be.
/// </summary>
/// <remarks>
/// The log-density is the mean of log-densities and not the logarithm of the mean density: each member's holds up to a constant of its own, log Z. In their mean the constants add up to one; in a mean of densities the member with
/// the largest would speak alone.
/// </remarks>
public sealed partial class HdgeEnsemble : IEvaluatedModel, IDisposable
{
    /// <summary>Most members: their files share one zip of at most 16 entries.</summary>
    public const int MostMembers = 14;

    private const int LargestPart = 256;

    private readonly HdgeModel[] _members;
    private readonly ConcurrentBag<EnsembleSums> _rooms = [];
    private readonly UseGate _gate;
    private Fitted _fitted;

    /// <summary>
    /// Models as one. They belong to the ensemble from now on: it disposes of them, and it makes all of them give the score that decides. One alone keeps its calibrator, decision and prediction sets; of more the ensemble is not
    /// calibrated, and takes every image for in-distribution, before <see cref="Calibrate"/>.
    /// </summary>
    /// <param name="members">1 to <see cref="MostMembers"/> classifiers of one image shape and number of classes.</param>
    /// <exception cref="ArgumentException">They do not fit together; the message names the first that does not.</exception>
    public HdgeEnsemble(IReadOnlyList<HdgeModel> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        Argument.Require(members.Count is >= 1 and <= MostMembers, members.Count, $"1..{MostMembers} members", nameof(members));
        _members = [.. members];
        for (int i = 0; i < _members.Length; i++)
        {
            var (member, first) = (_members[i] ?? throw new ArgumentNullException(nameof(members), $"Member {i + 1} is null."), _members[0]);
            if (Array.IndexOf(_members, member) < i)
                throw new ArgumentException($"Member {i + 1} is the same model as member {Array.IndexOf(_members, member) + 1}, expected one of its own.", nameof(members));
            if (member.InputShape != first.InputShape || member.ClassCount != first.ClassCount || member.IsUnlabelled)
                throw new ArgumentException($"Member {i + 1} takes {member.InputShape} and knows {(member.IsUnlabelled ? "no" : member.ClassCount)} classes, expected {first.InputShape} and {first.ClassCount} classes as member 1.", nameof(members));
            if (member.Scaling.Scale != first.Scaling.Scale)
                throw new ArgumentException(FormattableString.Invariant($"Member {i + 1} takes values times {member.Scaling.Scale}, expected {first.Scaling.Scale} as member 1: they would not see the same images."), nameof(members));
        }
        _gate = new(() =>
        {
            foreach (var member in _members)
                member.Dispose();
        });
        var score = _members.GroupBy(m => m.Decision.Score).Where(g => _members.All(m => m.Detectors.Available.Contains(g.Key))).MaxBy(g => g.Count())?.Key ?? DetectionScore.LogDensity;
        _fitted = _members.Length == 1
            ? new(_members[0].Calibrator, _members[0].Decision, _members[0].PredictionSets)
            : new(new IdentityCalibrator(ClassCount), Decision.Open with { Score = score }, null);
        DecideBy(score);
    }

    /// <summary>How far the members agree: less their mutual information (<see cref="ScoreBatch.Disagreement"/>). A detection score that only an ensemble can give.</summary>
    public static DetectionScore Agreement { get; } = DetectionScore.Of("agreement");

    /// <summary>The members; they stay the ensemble's.</summary>
    public IReadOnlyList<HdgeModel> Members => _members;

    /// <summary>Shape of the images it takes.</summary>
    public ImageShape InputShape => _members[0].InputShape;

    /// <summary>Number of classes.</summary>
    public int ClassCount => _members[0].ClassCount;

    /// <summary>What makes calibrated probabilities of the logarithms of the members' mean probabilities.</summary>
    public Calibrator Calibrator => _fitted.Calibrator;

    /// <summary>Makes prediction sets of <see cref="ScoreBatch.Probabilities"/>, the mean before calibration. Null where no image was held out.</summary>
    public ConformalPredictor? PredictionSets => _fitted.PredictionSets;

    /// <summary>The score that decides what is in-distribution, and the range in which it must lie.</summary>
    public Decision Decision => _fitted.Decision;

    /// <summary>The scores that it can give: those that all members can, and <see cref="Agreement"/>.</summary>
    public IReadOnlyList<DetectionScore> Available => [.. _members[0].Detectors.Available.Where(s => _members.All(m => m.Detectors.Available.Contains(s))), Agreement];

    /// <summary>What Score does with an image that is far outside the values that one of the members was trained on. Default <see cref="OutOfRangeAction.Flag"/>. Not saved.</summary>
    public OutOfRangeAction OutOfRange { get; set; }

    /// <inheritdoc cref="HdgeModel.Threads"/>
    public int? Threads
    {
        get => _members[0].Threads;
        set
        {
            foreach (var member in _members)
                member.Threads = value;
        }
    }

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed => _gate.IsClosed;

    bool IScoringModel.TakesFeatures => _members[0].NetworkOptions.TakesFeatures;

    NetworkOptions IEvaluatedModel.NetworkOptions => _members[0].NetworkOptions;

    PixelScaling IEvaluatedModel.Scaling => _members[0].Scaling;

    bool? IEvaluatedModel.TellsUnknownApart => _members.Any(m => m.Detectors.TellsUnknownApart is null) ? null : _members.All(m => m.Detectors.TellsUnknownApart == true);

    double IEvaluatedModel.Temperature => Calibrator.DetectionTemperature;

    HdgeModel? IEvaluatedModel.Single => null;

    bool IEvaluatedModel.Admits(ImageSet images, int index) => _members.All(m => m.TrainedRange?.Admits(images, index) != false);

    /// <summary>Scores floating-point images.</summary>
    /// <inheritdoc cref="HdgeModel.Score(ReadOnlySpan{float}, int, ScoreBatch, CancellationToken)"/>
    public void Score(ReadOnlySpan<float> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default) =>
        Score(pixels, count, into, static (member, part, n, said, token) => member.Score(part, n, said, token), static (ensemble, image) => ensemble.RangeProblem(image), cancellationToken);

    /// <summary>Scores images of bytes (0..255, taken as value / 255).</summary>
    /// <inheritdoc cref="HdgeModel.Score(ReadOnlySpan{float}, int, ScoreBatch, CancellationToken)"/>
    public void Score(ReadOnlySpan<byte> pixels, int count, ScoreBatch into, CancellationToken cancellationToken = default) =>
        Score(pixels, count, into, static (member, part, n, said, token) => member.Score(part, n, said, token), static (ensemble, image) => ensemble.RangeProblem(image), cancellationToken);

    /// <summary>Scores a whole set.</summary>
    /// <inheritdoc cref="HdgeModel.Score(ImageSet, CancellationToken)"/>
    public ScoreBatch Score(ImageSet images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var use = _gate.Enter(this);
        var into = new ScoreBatch(Math.Max(1, images.Count), ClassCount);
        var sums = new EnsembleSums(images.Count, ClassCount, null);
        foreach (var member in _members)
        {
            sums.Member = member.Score(images, cancellationToken);
            sums.Add(images.Count);
        }
        Finish(sums, images.Count, 0, into);
        for (int i = 0; i < images.Count && OutOfRange == OutOfRangeAction.Throw; i++)
            Refuse(i, into, into.IsInRange[i] ? null : _members.Select(m => m.RangeProblem(images, i)).FirstOrDefault(problem => problem is not null));
        into.Count = images.Count;
        return into;
    }

    /// <summary>Several scores of every image: the means of the members' own, and <see cref="Agreement"/>.</summary>
    /// <inheritdoc cref="HdgeModel.DetectionScores(ImageSet, IReadOnlyList{DetectionScore}, CancellationToken)"/>
    public IReadOnlyDictionary<DetectionScore, float[]> DetectionScores(ImageSet images, IReadOnlyList<DetectionScore> scores, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(scores);
        using var use = _gate.Enter(this);
        DetectionScore[] ofMembers = [.. scores.Where(s => s != Agreement).Distinct()];
        var sums = ofMembers.ToDictionary(s => s, _ => new double[images.Count]);
        foreach (var member in ofMembers.Length > 0 ? _members : [])
            foreach (var (score, values) in member.DetectionScores(images, ofMembers, cancellationToken))
                for (int i = 0; i < values.Length; i++)
                    sums[score][i] += values[i];
        var means = sums.ToDictionary(s => s.Key, s => s.Value.Select(sum => (float)(sum / _members.Length)).ToArray());
        if (scores.Contains(Agreement))
            means.Add(Agreement, [.. Score(images, cancellationToken).Disagreement.Take(images.Count).Select(d => -d)]);
        return means;
    }

    /// <summary>Fits calibrator, prediction sets and decision to what the ensemble says of images that no member was trained on.</summary>
    /// <param name="heldOut">At least one image. Those out of range have no part in the decision.</param>
    /// <param name="inDistributionRate">Share of them that the decision keeps, (0, 1].</param>
    /// <param name="method">How probabilities are calibrated. Default null: <see cref="CalibrationMethod.Temperature"/>.</param>
    /// <param name="predictionSets">How prediction sets are made; null for none.</param>
    /// <param name="score">The score that decides, one of <see cref="Available"/>. Default null: the one that decides now.</param>
    /// <param name="seed">Deals the folds in which <see cref="CalibrationMethod.Auto"/> compares the methods.</param>
    /// <param name="cancellationToken">Looked at between batches and fits.</param>
    /// <exception cref="ArgumentException">The images do not fit, there are none, or the members cannot all give the score.</exception>
    public void Calibrate(ImageSet heldOut, double inDistributionRate = 0.95, CalibrationMethod? method = null, ConformalOptions? predictionSets = null, DetectionScore? score = null, int seed = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        using var use = _gate.Enter(this);
        if (score is not null && !Available.Contains(score))
            throw new ArgumentException($"The ensemble cannot give the score {score}: all members can give {string.Join(", ", Available)}.", nameof(score));
        score ??= Decision.Score;
        DecideBy(score);
        _fitted = _fitted with { Decision = Decision.Open with { Score = score } };
        var said = Score(heldOut, cancellationToken);
        var logits = new float[said.Probabilities.Length];
        EnsembleSums.Logarithms(said.Probabilities, logits);
        float[] scores = said.DetectionScore[..heldOut.Count];
        var calibrator = CalibratorFitting.Fit(new LabelledLogits(logits, heldOut.Labels, ClassCount), method ?? CalibrationMethod.Temperature, seed: seed, cancellationToken: cancellationToken).Calibrator;
        _fitted = new(
            ScoreCalibration.Refit(calibrator, () => logits, heldOut.Labels, score, scores, cancellationToken),
            Decision.Fit(score, [.. scores.Where((_, i) => said.IsInRange[i])], inDistributionRate),
            predictionSets is null ? null : ConformalPredictor.Fit(said.Probabilities, heldOut.Labels, ClassCount, predictionSets));
    }

    /// <inheritdoc cref="HdgeModel.RangeProblem(ReadOnlySpan{float})"/>
    public string? RangeProblem(ReadOnlySpan<float> pixels)
    {
        foreach (var member in _members)
            if (member.RangeProblem(pixels) is { } problem)
                return problem;
        return null;
    }

    /// <inheritdoc cref="HdgeModel.RangeProblem(ReadOnlySpan{float})"/>
    public string? RangeProblem(ReadOnlySpan<byte> pixels)
    {
        foreach (var member in _members)
            if (member.RangeProblem(pixels) is { } problem)
                return problem;
        return null;
    }

    /// <summary>One line: how many members, and of what kind.</summary>
    public override string ToString() => $"HDGE ensemble of {_members.Length}, calibrated by {Calibrator.Method}, in-distribution by {Decision.Score}; member 1: {_members[0]}";

    /// <summary>Releases all members: waits until the calls that other threads have begun are done; later ones throw <see cref="ObjectDisposedException"/>. Disposing twice is fine.</summary>
    public void Dispose() => _gate.Close(wait: true);

    /// <summary>What was fitted to held-out images; replaced as a whole, for other threads may score.</summary>
    private sealed record Fitted(Calibrator Calibrator, Decision Decision, ConformalPredictor? PredictionSets);

    private delegate void Scoring<T>(HdgeModel member, ReadOnlySpan<T> pixels, int count, ScoreBatch into, CancellationToken cancellationToken);

    private delegate string? Problem<T>(HdgeEnsemble ensemble, ReadOnlySpan<T> image);

    private void Score<T>(ReadOnlySpan<T> pixels, int count, ScoreBatch into, Scoring<T> score, Problem<T> problem, CancellationToken cancellationToken)
    {
        using var use = _gate.Enter(this);
        ScoreBatch.Check(into, pixels.Length, count, InputShape, ClassCount);
        for (int at = 0; at < count; at += LargestPart)
        {
            int n = Math.Min(LargestPart, count - at);
            var part = pixels.Slice(at * InputShape.Length, n * InputShape.Length);
            using var room = new Room(this);
            foreach (var member in _members)
            {
                score(member, part, n, room.Sums.Member, cancellationToken);
                room.Sums.Add(n);
            }
            Finish(room.Sums, n, at, into);
            for (int i = 0; i < n && OutOfRange == OutOfRangeAction.Throw; i++)
                Refuse(at + i, into, problem(this, part.Slice(i * InputShape.Length, InputShape.Length)));
        }
        into.Count = count;
    }

    private void Finish(EnsembleSums sums, int count, int at, ScoreBatch into)
    {
        var fitted = Volatile.Read(ref _fitted);
        sums.Finish(count, _members.Length, at, into, fitted.Calibrator, fitted.Decision);
    }

    /// <summary>Makes every member give that score. One whose own decision was by another loses that, and a calibrator that went by it.</summary>
    private void DecideBy(DetectionScore score)
    {
        foreach (var member in _members)
            if (score != Agreement && member.Decision.Score != score)
            {
                if (member.Calibrator.TakesScore)
                    member.Calibrator = new TemperatureCalibrator(ClassCount, member.Temperature);
                member.Decision = Decision.Open with { Score = score };
            }
    }

    private static void Refuse(int image, ScoreBatch into, string? problem)
    {
        if (!into.IsInRange[image])
            throw new ArgumentException($"Image {image} {problem} ({nameof(HdgeEnsemble)}.{nameof(OutOfRange)} is {nameof(OutOfRangeAction.Throw)}.)");
    }

    /// <summary>Room for sums, borrowed.</summary>
    private readonly struct Room : IDisposable
    {
        private readonly HdgeEnsemble _owner;

        public Room(HdgeEnsemble owner)
        {
            _owner = owner;
            Sums = owner._rooms.TryTake(out var sums) ? sums : new(LargestPart, owner.ClassCount, new(LargestPart, owner.ClassCount));
            Sums.Clear();
        }

        public EnsembleSums Sums { get; }

        public void Dispose() => _owner._rooms.Add(Sums);
    }
}

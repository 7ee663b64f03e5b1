using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hdge.Data;
using Hdge.Metrics;
using Hdge.Persistence;

namespace Hdge.Conformal;

/// <summary>
/// Split conformal prediction: sets of classes that hold the true one with a chosen probability (Vovk et al. 2005; Angelopoulos and Bates 2021). If the n
/// calibration images and the new one are exchangeable, and none of them was used to train the network or its calibrator, the coverage is at least 1 − α;
/// where scores have no ties and sets may be empty it is at most 1 − α + 1/(n+1). The promise is an average over images and calibration sets, not one for
/// each class or image. Immutable, safe to use from several threads.
/// </summary>
public sealed class ConformalPredictor
{
    private const int StackClasses = 512;

    [JsonConstructor]
    internal ConformalPredictor(int classCount, ConformalOptions options, double threshold)
    {
        if (classCount < 2 || options is null || double.IsNaN(threshold))
            throw new InvalidDataException($"it has {classCount} classes, options {(options is null ? "missing" : "given")}, threshold {threshold}; expected at least 2, options, and a number.");
        try
        {
            options.Validate();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"its options are out of range: {error.Message}", error);
        }
        (ClassCount, Options, Threshold) = (classCount, options, threshold);
    }

    /// <summary>Number of classes, at least 2.</summary>
    public int ClassCount { get; }

    /// <summary>How the sets are made.</summary>
    public ConformalOptions Options { get; }

    /// <summary>
    /// The ⌈(n+1)(1−α)⌉-th smallest score of the n calibration images. +∞ where that is more than n, that is n &lt; (1−α)/α: every set then holds all classes.
    /// </summary>
    [JsonRequired, JsonInclude, JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double Threshold { get; private init; }

    /// <summary>One line: how sets are made.</summary>
    public override string ToString() => $"Prediction sets: {Options.Method} for {ClassCount} classes, coverage {Options.Coverage}, threshold {Threshold:G4}";

    /// <summary>Fits the threshold.</summary>
    /// <param name="probabilities">Count × classes, image after image: 0..1, each row summing to 1 within 0.001.</param>
    /// <param name="labels">One class an image.</param>
    /// <param name="classCount">Number of classes, at least 2.</param>
    /// <param name="options">Default: RAPS with 90 % coverage.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, there are no images, or a value is out of range.</exception>
    public static ConformalPredictor Fit(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> labels, int classCount, ConformalOptions? options = null)
    {
        options ??= new();
        options.Validate();
        ProbabilityRows.Check(probabilities, labels, classCount);
        var (scores, row) = (new double[labels.Length], new double[classCount]);
        var order = new ulong[classCount];
        for (int i = 0; i < scores.Length; i++)
        {
            Scores(probabilities.Slice(i * classCount, classCount), options, order, row);
            scores[i] = row[labels[i]];
        }
        Array.Sort(scores);
        int rank = QuantileRank.Of(options.Coverage, scores.Length + 1L);
        return new(classCount, options, rank <= scores.Length ? scores[rank - 1] : double.PositiveInfinity);
    }

    /// <summary>The set of one row of probabilities.</summary>
    /// <param name="probabilities">One a class, 0..1.</param>
    /// <param name="inSet">One a class: whether it is in the set.</param>
    /// <returns>How many classes the set holds.</returns>
    /// <exception cref="ArgumentException">The lengths are not <see cref="ClassCount"/>, or a probability is out of range.</exception>
    public int Predict(ReadOnlySpan<float> probabilities, Span<bool> inSet)
    {
        if (probabilities.Length != ClassCount || inSet.Length != ClassCount)
            throw new ArgumentException($"There are {probabilities.Length} probabilities and room for {inSet.Length} answers, expected {ClassCount} of both.");
        for (int c = 0; c < probabilities.Length; c++)
            if (!(probabilities[c] >= 0 && probabilities[c] <= 1))
                throw new ArgumentException($"Probability {c} is {probabilities[c]}, expected 0..1.", nameof(probabilities));
        double[]? rented = ClassCount > StackClasses ? ArrayPool<double>.Shared.Rent(ClassCount) : null;
        ulong[]? rentedOrder = ClassCount > StackClasses ? ArrayPool<ulong>.Shared.Rent(ClassCount) : null;
        Span<double> scores = rented is null ? stackalloc double[ClassCount] : rented.AsSpan(0, ClassCount);
        Span<ulong> order = rentedOrder is null ? stackalloc ulong[ClassCount] : rentedOrder.AsSpan(0, ClassCount);
        Scores(probabilities, Options, order, scores);
        int count = 0;
        for (int c = 0; c < inSet.Length; c++)
            count += (inSet[c] = scores[c] <= Threshold) ? 1 : 0;
        if (rented is not null)
            ArrayPool<double>.Shared.Return(rented);
        if (rentedOrder is not null)
            ArrayPool<ulong>.Shared.Return(rentedOrder);
        if (count > 0 || Options.AllowEmpty)
            return count;
        inSet[LogitRow.Best(probabilities)] = true;
        return 1;
    }

    /// <summary>The predictor as JSON; numbers come back exactly.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StrictJson.Compact);

    /// <summary>A predictor from <see cref="ToJson"/>.</summary>
    /// <exception cref="InvalidDataException">The text is no predictor, or a value in it is out of range.</exception>
    public static ConformalPredictor FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return StrictJson.Read<ConformalPredictor>(Encoding.UTF8.GetBytes(json), "The conformal predictor", StrictJson.Compact);
    }

    /// <summary>Score of each class; ranks by probability, highest first, among equals the lower class first.</summary>
    private static void Scores(ReadOnlySpan<float> probabilities, ConformalOptions options, Span<ulong> order, Span<double> scores)
    {
        if (options.Method == ConformalMethod.Thr)
        {
            for (int c = 0; c < scores.Length; c++)
                scores[c] = 1.0 - probabilities[c];
            return;
        }
        for (int c = 0; c < order.Length; c++) // bits of a non-negative single are in the order of its value
            order[c] = (ulong)~BitConverter.SingleToUInt32Bits(probabilities[c] + 0f) << 32 | (uint)c;
        order.Sort();
        double u = options.Randomized ? Uniform(probabilities, options.Seed) : 1, above = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            int c = (int)(uint)order[rank];
            // The last of all has the sum of the row: 1, and not what rounding makes of it, for thresholds are 1 often enough.
            scores[c] = u == 1 && rank == order.Length - 1 ? 1 : above + u * probabilities[c];
            if (options.Method == ConformalMethod.Raps)
                scores[c] += options.RegularizationWeight * Math.Max(0, rank + 1 - options.RegularizationRank);
            above += probabilities[c];
        }
    }

    /// <summary>A hash of the row in (0, 1). Any fixed function of the row keeps the scores exchangeable, and this one needs neither state nor order.</summary>
    private static double Uniform(ReadOnlySpan<float> probabilities, int seed)
    {
        int hash = seed;
        foreach (float p in probabilities)
            hash = Seeds.Mix(hash, BitConverter.SingleToInt32Bits(p));
        return (hash + 0.5) / (1L << 31);
    }
}

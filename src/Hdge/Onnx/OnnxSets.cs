using Hdge.Conformal;

namespace Hdge.Onnx;

/// <summary>
/// Prediction sets in a graph. Where u is drawn (<see cref="ConformalOptions.Randomized"/>) the graph draws another one, for it cannot read the bits of a number: as
/// any function of the row it keeps the coverage, but the sets of some images differ from the model's own.
/// </summary>
internal static class OnnxSets
{
    private const double Spread = 1e9; // of probabilities' last digits over many wholes

    /// <summary>Booleans [N, C].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="sets">What makes the sets.</param>
    /// <param name="probabilities">[N, C] in single precision.</param>
    /// <param name="best">The most probable class, [N, 1].</param>
    public static OnnxValue Export(OnnxGraph graph, ConformalPredictor sets, OnnxValue probabilities, OnnxValue best)
    {
        int classes = sets.ClassCount;
        var threshold = graph.Constant(sets.Threshold);
        var inSet = sets.Options.Method == ConformalMethod.Thr
            ? graph.NotAbove(graph.Subtract(graph.Constant(1.0), graph.Cast<double>(probabilities)), threshold)
            : Ranked(graph, sets, probabilities, threshold);
        if (sets.Options.AllowEmpty)
            return inSet;
        var isBest = graph.Node("Equal", [best, graph.Constant<long>([.. Enumerable.Range(0, classes).Select(c => (long)c)], 1, classes)]);
        return graph.Node("Or", [inSet, graph.And(graph.Not(graph.Any(inSet)), isBest)]);
    }

    private static OnnxValue Ranked(OnnxGraph graph, ConformalPredictor sets, OnnxValue probabilities, OnnxValue threshold)
    {
        var (options, classes) = (sets.Options, sets.ClassCount);
        var (sorted, order) = graph.Top(probabilities, classes);
        var p = graph.Cast<double>(sorted);
        var above = graph.Node("CumSum", [p, graph.Constant(1L)], ("exclusive", 1L));
        OnnxValue scores;
        if (options.Randomized)
            scores = graph.Add(above, graph.Multiply(Uniform(graph, graph.Cast<double>(probabilities), options.Seed, classes), p));
        else // the last of all has the sum of the row: 1, and not what rounding makes of it
            scores = graph.Where(graph.Constant<bool>([.. Enumerable.Range(1, classes).Select(rank => rank == classes)], 1, classes), graph.Constant(1.0), graph.Add(above, p));
        if (options.Method == ConformalMethod.Raps)
            scores = graph.Add(scores, graph.Constant<double>([.. Enumerable.Range(1, classes).Select(rank => options.RegularizationWeight * Math.Max(0, rank - options.RegularizationRank))], 1, classes));
        var inSet = graph.Cast<int>(graph.NotAbove(scores, threshold));
        return graph.Cast<bool>(graph.Node("ScatterElements", [graph.Subtract(inSet, inSet), order, inSet], ("axis", 1L)));
    }

    /// <summary>A number in [0, 1) that depends on the row alone, [N, 1]: the fraction of a weighted sum in which the last digits of the probabilities count.</summary>
    private static OnnxValue Uniform(OnnxGraph graph, OnnxValue probabilities, int seed, int classes)
    {
        var random = new Random(seed);
        var sum = graph.RowSum(graph.Multiply(probabilities, graph.Constant<double>([.. Enumerable.Range(0, classes).Select(_ => Spread * (0.5 + random.NextDouble()))], 1, classes)));
        return graph.Subtract(sum, graph.Node("Floor", [sum]));
    }
}

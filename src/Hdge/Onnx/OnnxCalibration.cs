using Hdge.Calibration;

namespace Hdge.Onnx;

/// <summary>Calibrators in a graph.</summary>
internal static class OnnxCalibration
{
    /// <summary>Calibrated probabilities [N, C] in single precision of logits [N, C] in double precision.</summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="calibrator">The calibrator.</param>
    /// <param name="logits">[N, C].</param>
    /// <param name="scores">The score that decides, [N, 1] in single precision; may be missing for a calibrator that takes none.</param>
    /// <exception cref="NotSupportedException">The calibrator is a user's own.</exception>
    public static OnnxValue Export(OnnxGraph graph, Calibrator calibrator, OnnxValue logits, OnnxValue? scores = null) => calibrator switch
    {
        IdentityCalibrator => graph.Cast<float>(graph.Softmax(logits)),
        TemperatureCalibrator scaled => graph.Cast<float>(graph.Softmax(graph.Divide(logits, graph.Constant(scaled.Temperature)))),
        EnsembleTemperatureCalibrator mixed => Mixed(graph, mixed, logits),
        DensityTemperatureCalibrator by => graph.Cast<float>(graph.Softmax(graph.Divide(logits, Temperature(graph, by, logits, scores)))),
        AffineCalibrator affine => Affine(graph, affine, logits),
        OneVersusRestCalibrator steps => Steps(graph, steps, logits),
        _ => throw new NotSupportedException($"The model cannot be exported to ONNX: its calibrator '{calibrator.Method}' ({calibrator.GetType().Name}) has no graph, expected one of {string.Join(", ", CalibrationMethod.BuiltIn)}, {CalibrationMethod.DensityTemperature}."),
    };

    /// <summary>T of each row, [N, 1].</summary>
    private static OnnxValue Temperature(OnnxGraph graph, DensityTemperatureCalibrator calibrator, OnnxValue logits, OnnxValue? scores)
    {
        if (calibrator.Slope == 0)
            return graph.Constant(calibrator.TemperatureAt(calibrator.Mean));
        var score = calibrator.Score is null ? graph.Subtract(graph.LogSumExp(logits), graph.Reduce("ReduceMean", logits, true, 1)) : graph.Cast<double>(scores!);
        var d = graph.Divide(graph.Subtract(score, graph.Constant(calibrator.Mean)), graph.Constant(calibrator.Deviation));
        d = graph.Where(graph.Node("Less", [d, graph.Constant(calibrator.Highest)]), d, graph.Constant(calibrator.Highest));
        var x = graph.Subtract(graph.Constant(calibrator.Intercept), graph.Multiply(d, graph.Constant(calibrator.Slope)));
        var positive = graph.Node("Less", [graph.Constant(0.0), x]);
        var above = graph.Where(positive, x, graph.Constant(0.0));
        var tail = graph.Log(graph.Add(graph.Exp(graph.Subtract(graph.Constant(0.0), graph.Node("Abs", [x]))), graph.Constant(1.0)));
        var softplus = graph.Add(above, tail);
        var least = graph.Constant(DensityTemperatureCalibrator.Smallest);
        softplus = graph.Where(graph.Node("Less", [least, softplus]), softplus, least);
        return graph.Where(graph.Node("Equal", [score, score]), softplus, graph.Constant(double.PositiveInfinity));
    }

    private static OnnxValue Mixed(OnnxGraph graph, EnsembleTemperatureCalibrator mixed, OnnxValue logits)
    {
        var scaled = graph.Softmax(graph.Divide(logits, graph.Constant(mixed.Temperature)));
        var sum = graph.Add(graph.Multiply(scaled, graph.Constant(mixed.ScaledWeight)), graph.Multiply(graph.Softmax(logits), graph.Constant(mixed.PlainWeight)));
        return graph.Cast<float>(graph.Add(sum, graph.Constant(mixed.UniformWeight / mixed.ClassCount)));
    }

    private static OnnxValue Affine(OnnxGraph graph, AffineCalibrator affine, OnnxValue logits)
    {
        int classes = affine.ClassCount;
        double[] weights = [.. affine.Weights.ToArray()], biases = [.. affine.Biases.ToArray()];
        var centred = graph.Subtract(logits, graph.Reduce("ReduceMean", logits, true, 1));
        var scaled = affine is MatrixCalibrator
            ? graph.Product(centred, graph.Node("Transpose", [graph.Constant<double>(weights, classes, classes)], ("perm", new long[] { 1, 0 })))
            : graph.Multiply(centred, graph.Constant<double>(weights));
        var rounded = graph.Cast<double>(graph.Cast<float>(graph.Add(scaled, graph.Constant<double>(biases)))); // as the calibrator keeps them
        return graph.Cast<float>(graph.Softmax(rounded));
    }

    /// <summary>An interval's number is that of the edges below the probability; the last edge of a class bounds nothing.</summary>
    private static OnnxValue Steps(OnnxGraph graph, OneVersusRestCalibrator calibrator, OnnxValue logits)
    {
        int classes = calibrator.ClassCount, longest = calibrator.Steps.Max(s => s.Upper.Length);
        var (edges, values, starts) = (new float[classes * longest], new float[classes * longest], new long[classes]);
        Array.Fill(edges, float.PositiveInfinity);
        for (int c = 0; c < classes; c++)
        {
            var step = calibrator.Steps[c];
            step.Upper.Span[..^1].CopyTo(edges.AsSpan(c * longest));
            step.Values.Span.CopyTo(values.AsSpan(c * longest));
            starts[c] = (long)c * longest;
        }
        var p = graph.Cast<float>(graph.Softmax(logits));
        var above = graph.Node("Greater", [graph.Reshape(p, -1, classes, 1), graph.Constant<float>(edges, 1, classes, longest)]);
        var place = graph.Cast<long>(graph.Reduce("ReduceSum", graph.Cast<int>(above), false, 2));
        var step0 = graph.Node("Gather", [graph.Constant<float>(values), graph.Add(place, graph.Constant<long>(starts, 1, classes))], ("axis", 0L));
        var wide = graph.Cast<double>(step0);
        var sum = graph.RowSum(wide);
        var isZero = graph.Node("Equal", [sum, graph.Constant(0.0)]);
        var divided = graph.Divide(wide, graph.Where(isZero, graph.Constant(1.0), sum));
        return graph.Cast<float>(graph.Where(isZero, graph.Constant((double)(1f / classes)), divided));
    }
}

using System.Globalization;
using System.Text.Json;
using Hdge.Onnx;
using Hdge.Persistence;

namespace Hdge;

public sealed partial class HdgeModel
{
    /// <summary>
    /// Writes the model as an ONNX file (docs/onnx.md), which ONNX Runtime scores without libtorch: in ML.NET by the package Hdge.MLNet.Onnx or by ApplyOnnxModel, in Python, in a browser. Its input is
    /// "Features" [N, channels, height, width] (features: [N, length]); its outputs are named like HdgeTransformer's columns, and "logits" and "features" besides.
    /// </summary>
    /// <param name="path">The file, which appears only when it is whole.</param>
    /// <param name="options">Input, precision, version of the operators. Default null: <see cref="OnnxOptions"/>'s own.</param>
    /// <param name="cancellationToken">Looked at between the passes over calibration images.</param>
    /// <exception cref="ArgumentException">An option is out of range, or 8 bits are asked for with fewer than 200 calibration images.</exception>
    /// <exception cref="NotSupportedException">The network, the calibrator or the score that decides has no graph; the message names it. Scores with gradients have none.</exception>
    /// <exception cref="InvalidOperationException">A weight is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed of.</exception>
    public void SaveOnnx(string path, OnnxOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, stream => SaveOnnx(stream, options, cancellationToken));
    }

    /// <summary>As <see cref="SaveOnnx(string, OnnxOptions?, CancellationToken)"/>, into a stream.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="options">Input, precision, version of the operators. Default null: <see cref="OnnxOptions"/>'s own.</param>
    /// <param name="cancellationToken">Looked at between the passes over calibration images.</param>
    public void SaveOnnx(Stream stream, OnnxOptions? options = null, CancellationToken cancellationToken = default) => SaveOnnx(stream, OnnxColumns.Default, options, cancellationToken);

    /// <summary>As <see cref="SaveOnnx(Stream, OnnxOptions?, CancellationToken)"/>, with columns of other names.</summary>
    internal void SaveOnnx(Stream stream, OnnxColumns columns, OnnxOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new();
        using var use = Use();
        options.Validate(this);
        if (columns.Names() is var all && all.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"The graph has two inputs or outputs named '{twice.Key}', expected a name of its own for each of {string.Join(", ", all)}: give the column another name.");
        if (options.ClassNames is { } names)
            columns = columns with { Labels = new("Text", [.. names]) };
        Safetensors.RequireFinite(Network.state_dict());
        OnnxRounding? rounding = null;
        var fitted = new OnnxModelGraph.Fitted(Calibrator, Decision, PredictionSets);
        if (options.Precision == OnnxPrecision.Int8)
            (rounding, fitted) = OnnxInt8.Fit(this, options, (at, count) => Input(options.CalibrationImages!, at, count), cancellationToken);
        var (sink, graph, values) = BeginOnnx(options, columns.Feature, all, rounding);
        var built = new OnnxModelGraph(graph, this).Build(values, options.Input, fitted);
        long classes = ClassCount;
        Add(built.PredictedLabel, columns.PredictedLabel, typeof(uint), 1);
        Add(built.Score, columns.Score, typeof(float), classes);
        Add(built.LogDensity, columns.LogDensity, typeof(float), 1);
        Add(built.Confidence, columns.Confidence, typeof(float), 1);
        Add(built.IsInDistribution, columns.IsInDistribution, typeof(bool), 1);
        Add(built.DetectionScore, columns.DetectionScore, typeof(float), 1);
        Add(built.Calibrated, columns.CalibratedOutput(), typeof(float), classes);
        Add(built.Sets, columns.SetOutput(), typeof(bool), classes);
        Add(built.Logits, OnnxColumns.Logits, typeof(float), classes);
        Add(built.Features, OnnxColumns.Features, typeof(float), Network.FeatureLength);
        Describe(sink, columns, options, fitted);
        sink.Write(stream, "Hdge.MLNet");

        void Add(OnnxValue? value, string name, Type type, long width) => AddOutput(sink, graph, value, name, type, width);
    }

    /// <summary>Writes a model without labels as an ONNX file.</summary>
    internal void SaveRepresentationOnnx(Stream stream, OnnxOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new();
        using var use = Use();
        if (options.Precision == OnnxPrecision.Int8 || options.ClassNames is not null)
            throw new ArgumentException($"The model was trained without labels: expected neither {nameof(OnnxPrecision.Int8)} nor {nameof(OnnxOptions.ClassNames)}, which are of classifiers.");
        options.Validate(this);
        Safetensors.RequireFinite(Network.state_dict());
        string[] names = [OnnxColumns.Default.Feature, "Representation", "LogLikelihood", OnnxColumns.Default.IsInDistribution, OnnxColumns.Default.DetectionScore];
        var (sink, graph, values) = BeginOnnx(options, names[0], names, null);
        var built = new OnnxModelGraph(graph, this).Build(values, options.Input);
        AddOutput(sink, graph, built.Representation, names[1], typeof(float), Network.FeatureLength);
        AddOutput(sink, graph, built.LogLikelihood, names[2], typeof(float), 1);
        AddOutput(sink, graph, built.IsInDistribution, names[3], typeof(bool), 1);
        AddOutput(sink, graph, built.DetectionScore, names[4], typeof(float), 1);
        sink.Metadata("columns", JsonSerializer.Serialize(built.DetectionScore is null ? names[..3] : names));
        sink.Metadata("network", $"{NetworkOptions}");
        sink.Metadata("score", Decision.Score.Name);
        sink.Metadata("threshold", OnnxModelGraph.RoundedUp(Decision.Lower).ToString("R", CultureInfo.InvariantCulture));
        sink.Write(stream, "Hdge.MLNet");
    }

    private (OnnxFileSink Sink, OnnxGraph Graph, OnnxValue Values) BeginOnnx(OnnxOptions options, string input, IEnumerable<string> names, OnnxRounding? rounding)
    {
        var sink = new OnnxFileSink(options.Opset);
        var graph = new OnnxGraph(sink, options.Opset, Network.state_dict()) { Rounding = rounding };
        foreach (string name in names)
            graph.Reserve(name);
        long[] sides = InputShape.IsVector ? [-1, InputShape.Length] : [-1, InputShape.Channels, InputShape.Height, InputShape.Width];
        return (sink, graph, sink.Input(input, options.Input == OnnxInput.Byte ? typeof(byte) : typeof(float), sides));
    }

    private static void AddOutput(OnnxFileSink sink, OnnxGraph graph, OnnxValue? value, string name, Type type, long width)
    {
        if (value is null)
            return;
        graph.Output(value, name);
        sink.Output(name, type, -1, width);
    }

    private void Describe(OnnxFileSink sink, OnnxColumns columns, OnnxOptions options, OnnxModelGraph.Fitted fitted)
    {
        string[] names = columns.Labels?.Texts ?? [.. Enumerable.Range(0, ClassCount).Select(c => c.ToString(CultureInfo.InvariantCulture))];
        sink.SlotNames(columns.Score, names);
        sink.SlotNames(columns.CalibratedOutput(), names);
        sink.Metadata("classes", JsonSerializer.Serialize(names));
        sink.Metadata("columns", JsonSerializer.Serialize(columns.Names().Except([OnnxColumns.Features, OnnxColumns.Logits])));
        sink.Metadata("calibrator", fitted.Calibrator.Method.Name);
        sink.Metadata("score", fitted.Decision.Score.Name);
        sink.Metadata("threshold", OnnxModelGraph.RoundedUp(fitted.Decision.Lower).ToString("R", CultureInfo.InvariantCulture));
        sink.Metadata("precision", options.Precision.ToString());
        sink.Metadata(OnnxFile.DescriptionKey, new OnnxDescription
        {
            FormatVersion = OnnxDescription.CurrentVersion,
            Channels = InputShape.Channels,
            Height = InputShape.Height,
            Width = InputShape.Width,
            ClassCount = ClassCount,
            Network = $"{NetworkOptions}",
            TakesFeatures = NetworkOptions.TakesFeatures,
            Input = options.Input,
            Precision = options.Precision,
            Scale = Scaling.Scale,
            Decision = fitted.Decision,
            TrainedRange = TrainedRange,
            Calibrator = fitted.Calibrator,
            PredictionSets = fitted.PredictionSets,
            Columns = columns,
        }.ToJson());
    }
}

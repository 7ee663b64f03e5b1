using Hdge.Data;
using Hdge.MLNet.Input;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Hdge.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Onnx;

/// <summary>Puts an exported HDGE model into a pipeline; there is nothing to fit. Made by <c>ml.Transforms.ScoreHdgeOnnx</c>.</summary>
public sealed class HdgeOnnxEstimator : IEstimator<HdgeOnnxTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly Options _options;
    private readonly byte[] _file;
    private readonly OnnxDescription _description;
    private readonly OutputColumnNames _outputs;

    internal HdgeOnnxEstimator(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.ModelFile);
        ArgumentNullException.ThrowIfNull(options.Session);
        options.Session.Validate();
        (_environment, _options) = (environment, options.Copy());
        _file = File.ReadAllBytes(options.ModelFile);
        try
        {
            _description = OnnxFile.Read(_file);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The ONNX file '{options.ModelFile}' cannot be read. {error.Message}", error);
        }
        var columns = _description.Columns;
        _outputs = new OutputColumnNames(columns.PredictedLabel, columns.Score, columns.LogDensity, columns.Confidence, columns.IsInDistribution, columns.DetectionScore,
            options.CalibratedScoreColumnName ?? columns.CalibratedScore, options.PredictionSetColumnName ?? columns.PredictionSet).Checked();
    }

    /// <summary>Settings of <see cref="HdgeOnnxEstimator"/>.</summary>
    public sealed class Options
    {
        /// <summary>The file that SaveOnnx wrote.</summary>
        public string ModelFile { get; set; } = "";

        /// <summary>Column with the images: a vector of known size of Single or Byte. Default null: that of the exported transformer, or "Features".</summary>
        public string? FeatureColumnName { get; set; }

        /// <summary>Output column of all classes' calibrated probabilities. Default null: as the exported transformer has it.</summary>
        public string? CalibratedScoreColumnName { get; set; }

        /// <summary>Output column of the prediction sets. Default null: as the exported transformer has it.</summary>
        public string? PredictionSetColumnName { get; set; }

        /// <summary>What is done with a row far outside the values trained on. Default null: as the exported transformer does.</summary>
        public OutOfRangeAction? OutOfRange { get; set; }

        /// <summary>How pictures and image files become images, and what happens to damaged ones. Default null: as the exported transformer does.</summary>
        public PhotoOptions? Photos { get; set; }

        /// <summary>How ONNX Runtime computes.</summary>
        public OnnxSessionOptions Session { get; set; } = new();

        internal Options Copy() => (Options)MemberwiseClone();
    }

    /// <summary>Makes the transformer; the data are not read.</summary>
    /// <param name="input">Data with the feature column.</param>
    /// <exception cref="ArgumentException">The feature column is missing or has the wrong type or length.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime refuses the file.</exception>
    /// <exception cref="OnnxRuntimeMissingException">ONNX Runtime's native library cannot be loaded.</exception>
    public HdgeOnnxTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = Create(_environment, HdgeOnnxModel.Load(new MemoryStream(_file), _options.Session), FeatureColumnName, _outputs, _options.OutOfRange, _options.Photos, _options.Session);
        try
        {
            transformer.GetOutputSchema(input.Schema);
            return transformer;
        }
        catch
        {
            transformer.Dispose();
            throw;
        }
    }

    /// <summary>The outline of the schema that the transformer will give.</summary>
    /// <param name="inputSchema">Outline of the input's schema.</param>
    /// <exception cref="ArgumentException">The feature column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        InputColumns.FindFeatures(inputSchema, FeatureColumnName, type => _description.Columns.Photos is not null && FeatureColumn.PictureShape(type, _description.Shape()) is not null);
        return OutputShape.Create(inputSchema, KeyValues(), _outputs);
    }

    /// <summary>One line: what it reads and with what it scores.</summary>
    public override string ToString() => $"HDGE in ONNX: column '{FeatureColumnName}', {_description.Network} of '{_options.ModelFile}'";

    internal static HdgeOnnxTransformer Create(IHostEnvironment environment, HdgeOnnxModel model, string featureColumnName, OutputColumnNames outputs, OutOfRangeAction? outOfRange, PhotoOptions? photos, OnnxSessionOptions session)
    {
        try
        {
            LabelValues? labels = model.Columns.Labels is { } texts ? LabelValueCodec.For(texts.Type).Read(texts.Texts) : null;
            return new(environment, model, featureColumnName, outputs, labels, session) { OutOfRange = outOfRange ?? model.Columns.OutOfRange, Photos = photos ?? model.Columns.Photos ?? new() };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private string FeatureColumnName => _options.FeatureColumnName ?? _description.Columns.Feature;

    /// <summary>A label column as far as the outline goes: what its keys stand for.</summary>
    private SchemaShape.Column KeyValues() => _description.Columns.Labels is { } labels
        ? Outlines.Key("Label", Outlines.Vector("KeyValues", LabelValueCodec.For(labels.Type).Read(labels.Texts).ItemType))
        : Outlines.Key("Label");
}

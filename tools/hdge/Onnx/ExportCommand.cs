using System.CommandLine;
using Hdge.Cli.Data;
using Hdge.Cli.Evaluation;
using Hdge.Cli.Training;
using Hdge.Onnx;
using Hdge.Persistence;

namespace Hdge.Cli.Onnx;

/// <summary><c>export</c>: a model as an ONNX file.</summary>
internal sealed class ExportCommand : Command
{
    private readonly Option<string> _model = EvaluationOptions.Model();
    private readonly Option<string> _out = CommandOptions.Required("--out", "FILE.onnx", "takes the ONNX file");
    private readonly Option<OnnxPrecision?> _precision = CommandOptions.Named<OnnxPrecision>("--precision", "NAME", "numbers in which the network computes (default: single); int8 needs --calibration");
    private readonly Option<OnnxInput?> _input = CommandOptions.Named<OnnxInput>("--input", "NAME", "what the file's input holds: values of 0..1, or bytes of 0..255 (default: single)");
    private readonly Option<int> _opset = CommandOptions.Whole("--opset", "version of ONNX's operators, 11..17", new OnnxOptions().Opset, least: 1);
    private readonly Option<string?> _calibration = CommandOptions.Text("--calibration", "PATH",
        "for int8: at least 200 labelled images that the model was not trained on, as --known of evaluate. Not those that you compare on afterwards");
    private readonly Option<double> _rate = CommandOptions.Number("--rate", "for int8: share of the calibration images that the in-distribution flag keeps", new OnnxOptions().InDistributionRate);
    private readonly Option<int?> _limit = CommandOptions.Whole("--limit", "takes the first N calibration images (default: all)");
    private readonly Option<string?> _classes = EvaluationOptions.Classes();

    public ExportCommand(CommandContext context) : base("export", "Writes a model as an ONNX file, for ONNX Runtime: ML.NET without libtorch, Python, a browser.")
    {
        foreach (var option in new Option[] { _model, _out, _precision, _input, _opset, _calibration, _rate, _limit, _classes })
            Add(option);
        SetAction(parsed => Run(parsed, context));
    }

    private void Run(ParseResult parsed, CommandContext context)
    {
        string path = parsed.GetRequiredValue(_model), file = parsed.GetRequiredValue(_out);
        using var model = ModelFile.Read(path, "cpu"); // of either kind
        string[]? names = model.IsUnlabelled ? null : ClassNames.Read(path, parsed.GetValue(_classes), model.ClassCount);
        var precision = parsed.GetValue(_precision) ?? OnnxPrecision.Single;
        string? calibration = parsed.GetValue(_calibration);
        if (calibration is not null && precision != OnnxPrecision.Int8)
            throw new ArgumentException("--calibration is given, but --precision is not int8.");
        if (model.IsUnlabelled && (precision != OnnxPrecision.Single || parsed.GetValue(_classes) is not null))
            throw new ArgumentException("The model was trained without labels: expected neither --precision int8 nor --classes, which are of classifiers.");
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        try
        {
            var options = new OnnxOptions
            {
                Precision = precision,
                Input = parsed.GetValue(_input) ?? OnnxInput.Single,
                Opset = parsed.GetValue(_opset),
                InDistributionRate = parsed.GetValue(_rate),
                ClassNames = names,
                CalibrationImages = calibration is null ? null : DataFolder.LoadTest(calibration, parsed.GetValue(_limit), model.ClassCount, model.InputShape, names),
            };
            if (model.IsUnlabelled)
                new RepresentationModel(model).SaveOnnx(file, options);
            else
                model.SaveOnnx(file, options, context.Cancellation);
        }
        catch (NotSupportedException error) // a part that has no graph
        {
            throw new ArgumentException(error.Message, error);
        }
        context.Output.WriteLine($"written: {file}, {new FileInfo(file).Length} bytes, {precision}");
    }
}

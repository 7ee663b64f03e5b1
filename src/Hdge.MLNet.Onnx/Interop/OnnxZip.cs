using System.Runtime.CompilerServices;
using System.Text.Json;
using Hdge.Data;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Onnx;
using Hdge.MLNet.Onnx.Interop;
using Hdge.MLNet.Output;
using Hdge.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]
[assembly: LoadableClass(typeof(HdgeOnnxTransformer), typeof(OnnxZip), null, typeof(SignatureLoadModel), "HDGE image classifier in ONNX", OnnxZip.LoaderSignature)]

namespace Hdge.MLNet.Onnx.Interop;

/// <summary>A transformer's part of ML.NET's model.zip, with the ONNX file as it is: how that works is told at ModelZip of Hdge.MLNet.</summary>
internal static class OnnxZip
{
    /// <summary>The name under which ML.NET finds the reader: at most 24 characters.</summary>
    public const string LoaderSignature = "HdgeOnnxTransformer";

    private const string ModelSignature = "HDGEONNX";
    private const string ColumnsEntry = "Columns.json";
    private const string ModelEntry = "Model.onnx";

    /// <summary>Writes a transformer.</summary>
    public static void Save(HdgeOnnxTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(ModelStreams.Version(ModelSignature, LoaderSignature));
        var part = new Part(transformer.FeatureColumnName, transformer.Outputs, transformer.OutOfRange, transformer.Photos, transformer.Session);
        ModelStreams.Write(context, ColumnsEntry, JsonSerializer.SerializeToUtf8Bytes(part, StrictJson.Indented));
        context.SaveBinaryStream(ModelEntry, writer => writer.Write(transformer.Model.File));
    }

    /// <summary>Reads a transformer back. ML.NET finds this method by its name and exact signature.</summary>
    private static HdgeOnnxTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(ModelStreams.Version(ModelSignature, LoaderSignature));
        return ModelStreams.Load(env, "HDGE model", () =>
        {
            var part = StrictJson.Read<Part>(ModelStreams.Read(ctx, ColumnsEntry), ColumnsEntry, StrictJson.Indented);
            var outputs = Checked(part);
            var model = ModelStreams.Read(ctx, ModelEntry, stream => HdgeOnnxModel.Load(stream, part.Session));
            return HdgeOnnxEstimator.Create(env, model, part.Feature, outputs, part.OutOfRange, part.Photos, part.Session);
        });
    }

    private static OutputColumnNames Checked(Part part)
    {
        try
        {
            part.Session.Validate();
            part.Photos.Validate();
            return part.Outputs.Checked();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{ColumnsEntry}: {error.Message}", error);
        }
    }

    private sealed record Part(string Feature, OutputColumnNames Outputs, OutOfRangeAction OutOfRange, PhotoOptions Photos, OnnxSessionOptions Session);
}

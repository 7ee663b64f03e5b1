using System.Text;
using System.Text.Json;
using Hdge.Calibration;
using Hdge.MLNet;
using Hdge.MLNet.Calibrating;
using Hdge.MLNet.Interop;
using Hdge.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(MulticlassCalibratorTransformer), typeof(CalibratorZip), null, typeof(SignatureLoadModel), "Multiclass calibrator", CalibratorZip.LoaderSignature)]

namespace Hdge.MLNet.Interop;

/// <summary>A calibrator's part of ML.NET's model.zip: how that works is told at <see cref="ModelZip"/>.</summary>
internal static class CalibratorZip
{
    /// <summary>The name under which ML.NET finds the reader: at most 24 characters.</summary>
    public const string LoaderSignature = "HdgeMulticlassCalibrator";

    private const string ModelSignature = "HDGECALI";
    private const string ColumnsEntry = "Columns.json";
    private const string CalibratorEntry = "Calibrator.json";

    /// <summary>Writes a transformer: its columns and its calibrator as JSON, a stream each.</summary>
    public static void Save(MulticlassCalibratorTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(ModelStreams.Version(ModelSignature, LoaderSignature));
        ModelStreams.Write(context, ColumnsEntry, JsonSerializer.SerializeToUtf8Bytes(new Part(transformer.Columns, transformer.ScoreKind), StrictJson.Indented));
        ModelStreams.Write(context, CalibratorEntry, Encoding.UTF8.GetBytes(transformer.Calibrator.ToJson()));
    }

    /// <summary>Reads a transformer back. ML.NET finds this method by its name and exact signature.</summary>
    private static MulticlassCalibratorTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(ModelStreams.Version(ModelSignature, LoaderSignature));
        return ModelStreams.Load(env, "calibrator", () =>
        {
            var part = StrictJson.Read<Part>(ModelStreams.Read(ctx, ColumnsEntry), ColumnsEntry, StrictJson.Indented);
            if (part.ScoreKind is not (ScoreKind.Probabilities or ScoreKind.Logits))
                throw new InvalidDataException($"{ColumnsEntry}: {nameof(Part.ScoreKind)} is {part.ScoreKind}, expected {ScoreKind.Probabilities} or {ScoreKind.Logits}.");
            Calibrator calibrator = Calibrator.FromJson(Encoding.UTF8.GetString(ModelStreams.Read(ctx, CalibratorEntry)));
            return new MulticlassCalibratorTransformer(calibrator, part.ScoreKind, part.Columns);
        });
    }

    private sealed record Part(CalibratedColumns Columns, ScoreKind ScoreKind);
}

using System.Text.Json;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Representing;
using Hdge.Persistence;
using Hdge.Pretraining;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(GcrlTransformer), typeof(GcrlZip), null, typeof(SignatureLoadModel), "GCRL representations of images", GcrlZip.LoaderSignature)]

namespace Hdge.MLNet.Interop;

/// <summary>The part of a transformer of representations in ML.NET's model.zip: how that works is told at <see cref="ModelZip"/>.</summary>
internal static class GcrlZip
{
    /// <summary>The name under which ML.NET finds the reader: at most 24 characters.</summary>
    public const string LoaderSignature = "GcrlTransformer";

    private const string ModelSignature = "GCRLTRAN";
    private const string ColumnsEntry = "Columns.json";

    /// <summary>Writes a transformer: the columns as JSON and the model's file as it is, a stream each.</summary>
    public static void Save(GcrlTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(ModelStreams.Version(ModelSignature, LoaderSignature));
        ModelStreams.Write(context, ColumnsEntry, JsonSerializer.SerializeToUtf8Bytes(new Part(transformer.FeatureColumnName, transformer.TakesPictures, transformer.Photos, transformer.Outputs, transformer.OutOfRange), StrictJson.Indented));
        context.SaveBinaryStream(ModelZipEntry.Name, writer => transformer.Model.Save(writer.BaseStream));
    }

    /// <summary>Reads a transformer back. ML.NET finds this method by its name and exact signature.</summary>
    private static GcrlTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(ModelStreams.Version(ModelSignature, LoaderSignature));
        string? device = DeviceChoice.Of(env, null);
        return ModelStreams.Load(env, "GCRL model", () =>
        {
            var part = StrictJson.Read<Part>(ModelStreams.Read(ctx, ColumnsEntry), ColumnsEntry, StrictJson.Indented);
            try
            {
                ArgumentException.ThrowIfNullOrEmpty(part.Input);
                part.Outputs.Checked();
                part.Photos.Validate();
            }
            catch (ArgumentException error)
            {
                throw new InvalidDataException($"{ColumnsEntry}: {error.Message}", error);
            }
            return new GcrlTransformer(env, ModelStreams.Read(ctx, ModelZipEntry.Name, stream => RepresentationModel.Load(stream, device)), part.Input, part.TakesPictures, part.Outputs)
            {
                OutOfRange = part.OutOfRange,
                Photos = part.Photos,
            };
        });
    }

    private sealed record Part(string Input, bool TakesPictures, PhotoOptions Photos, RepresentationColumns Outputs, OutOfRangeAction OutOfRange);
}

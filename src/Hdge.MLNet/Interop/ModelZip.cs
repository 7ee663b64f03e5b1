using System.Runtime.CompilerServices;
using System.Text.Json;
using Hdge.Data;
using Hdge.MLNet;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Hdge.Persistence;
using Hdge.Pretraining;
using Hdge.Reports;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: LoadableClass(typeof(HdgeTransformer), typeof(ModelZip), null, typeof(SignatureLoadModel), "HDGE image classifier", ModelZip.LoaderSignature)]

namespace Hdge.MLNet.Interop;

/// <summary>
/// A transformer's part of ML.NET's model.zip. What a component needs for that is internal to ML.NET: this project is compiled against a
/// copy of Microsoft.ML.Core whose internals are public (eng/publicize), and the first attribute above makes the runtime agree. The second
/// tells ML.NET who reads the part back; the part's header names this assembly in full, so its version never changes.
/// </summary>
internal static class ModelZip
{
    /// <summary>The name under which ML.NET finds the reader: at most 24 characters.</summary>
    public const string LoaderSignature = "HdgeTransformer";

    private const string ModelSignature = "HDGETRAN";
    private const string ColumnsEntry = "Columns.json";

    /// <summary>Writes a transformer: the columns as JSON and the model's file as it is, a stream each.</summary>
    public static void Save(HdgeTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(ModelStreams.Version(ModelSignature, LoaderSignature));
        var columns = new Columns(
            transformer.FeatureColumnName,
            transformer.FeatureColumnType switch
            {
                ImageDataViewType => "Image",
                TextDataViewType => "Path",
                VectorDataViewType { ItemType: var item } when item == NumberDataViewType.Byte => "Byte",
                _ => "Single",
            },
            transformer.Photos,
            transformer.Outputs,
            transformer.OutOfRange,
            transformer.Labels is { } labels ? new Values(LabelValueCodec.For(labels).Name, LabelValueCodec.For(labels).Write(labels)) : null);
        ModelStreams.Write(context, ColumnsEntry, JsonSerializer.SerializeToUtf8Bytes(columns, StrictJson.Indented));
        context.SaveBinaryStream(transformer.Ensemble is null ? ModelZipEntry.Name : ModelZipEntry.Ensemble, writer => transformer.Save(writer.BaseStream));
    }

    /// <summary>Reads a transformer back. ML.NET finds this method by its name and exact signature.</summary>
    private static HdgeTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(ModelStreams.Version(ModelSignature, LoaderSignature));
        string? device = DeviceChoice.Of(env, null);
        return ModelStreams.Load(env, "HDGE model", () =>
        {
            var columns = StrictJson.Read<Columns>(ModelStreams.Read(ctx, ColumnsEntry), ColumnsEntry, StrictJson.Indented);
            Func<int, DataViewType> type = columns.FeatureType switch
            {
                "Byte" => length => new VectorDataViewType(NumberDataViewType.Byte, length),
                "Single" => length => new VectorDataViewType(NumberDataViewType.Single, length),
                "Image" => _ => new ImageDataViewType(),
                "Path" => _ => TextDataViewType.Instance,
                _ => throw new InvalidDataException($"{ColumnsEntry}: {nameof(Columns.FeatureType)} is '{columns.FeatureType}', expected Byte or Single, Image or Path."),
            };
            OutputColumnNames outputs = Checked(columns.Outputs.Checked);
            Checked(() =>
            {
                columns.Photos.Validate();
                return columns.Photos;
            });
            LabelValues? labels = columns.Labels is { } values ? LabelValueCodec.For(values.Type).Read(values.Texts) : null;

            IEvaluatedModel model = (IEvaluatedModel?)ModelStreams.ReadWhereThere(ctx, ModelZipEntry.Ensemble, stream => HdgeEnsemble.Load(stream, device)) ?? ModelStreams.Read(ctx, ModelZipEntry.Name, stream => HdgeModel.Load(stream, device));
            if (columns.Labels is { } texts && texts.Texts.Length != model.ClassCount)
            {
                int classes = model.ClassCount;
                model.Dispose();
                throw new InvalidDataException($"{ColumnsEntry}: {nameof(Columns.Labels)} has {texts.Texts.Length} values, expected {classes}, one a class.");
            }
            return new HdgeTransformer(env, model, columns.Feature, type(model.InputShape.Length), outputs, labels) { OutOfRange = columns.OutOfRange, Photos = columns.Photos };
        });
    }

    private static T Checked<T>(Func<T> check)
    {
        try
        {
            return check();
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"{ColumnsEntry}: {error.Message}", error);
        }
    }

    private sealed record Columns(string Feature, string FeatureType, PhotoOptions Photos, OutputColumnNames Outputs, OutOfRangeAction OutOfRange, Values? Labels);

    private sealed record Values(string Type, string[] Texts);
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using Hdge.MLNet;
using Hdge.MLNet.Interop;
using Hdge.MLNet.Output;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

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
    private const string ModelEntry = "Model.hdge";

    /// <summary>Writes a transformer: the columns as JSON and the model in its own format, a stream each.</summary>
    public static void Save(HdgeTransformer transformer, ModelSaveContext context)
    {
        context.CheckAtModel();
        context.SetVersionInfo(ModelStreams.Version(ModelSignature, LoaderSignature));
        var columns = new Columns(
            transformer.FeatureColumnName,
            ((VectorDataViewType)transformer.FeatureColumnType).ItemType == NumberDataViewType.Byte ? "Byte" : "Single",
            transformer.Outputs,
            transformer.Labels is { } labels ? new Values(LabelValueCodec.For(labels).Name, LabelValueCodec.For(labels).Write(labels)) : null);
        ModelStreams.Write(context, ColumnsEntry, JsonSerializer.SerializeToUtf8Bytes(columns));

        using var model = new MemoryStream();
        transformer.Model.Save(model);
        ModelStreams.Write(context, ModelEntry, model.GetBuffer().AsSpan(0, (int)model.Length).ToArray());
    }

    /// <summary>Reads a transformer back. ML.NET finds this method by its name and exact signature.</summary>
    private static HdgeTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(ModelStreams.Version(ModelSignature, LoaderSignature));
        Columns columns = JsonSerializer.Deserialize<Columns>(ModelStreams.Read(ctx, ColumnsEntry)) ?? throw ModelStreams.Damaged(ColumnsEntry);
        if (columns is not { Feature: not null, Outputs: not null })
            throw ModelStreams.Damaged(ColumnsEntry);
        LabelValues? labels = columns.Labels is { } values ? LabelValueCodec.For(values.Type).Read(values.Texts) : null;

        using var stream = new MemoryStream(ModelStreams.Read(ctx, ModelEntry));
        HdgeModel model = HdgeModel.Load(stream, Devices.Choose(env, null));
        PrimitiveDataViewType item = columns.FeatureType == "Byte" ? NumberDataViewType.Byte : NumberDataViewType.Single;
        var features = new VectorDataViewType(item, model.InputShape.Length);
        return new HdgeTransformer(model, columns.Feature, features, columns.Outputs.Checked(), labels);
    }

    private sealed record Columns(string Feature, string FeatureType, OutputColumnNames Outputs, Values? Labels);

    private sealed record Values(string Type, string[] Texts);
}

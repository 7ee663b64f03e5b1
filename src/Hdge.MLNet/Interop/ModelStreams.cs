using Microsoft.ML;

namespace Hdge.MLNet.Interop;

/// <summary>A component's header and its named streams in model.zip.</summary>
internal static class ModelStreams
{
    /// <summary>The header of this assembly's components.</summary>
    /// <param name="modelSignature">8 characters.</param>
    /// <param name="loaderSignature">The name under which ML.NET finds the reader: at most 24 characters.</param>
    public static VersionInfo Version(string modelSignature, string loaderSignature) => new(
        modelSignature: modelSignature,
        verWrittenCur: 0x00010001,
        verReadableCur: 0x00010001,
        verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(ModelStreams).Assembly.FullName,
        loaderSignature: loaderSignature);

    public static void Write(ModelSaveContext context, string name, byte[] bytes) => context.SaveBinaryStream(name, writer =>
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    });

    /// <exception cref="InvalidDataException">The stream is missing or cut off.</exception>
    public static byte[] Read(ModelLoadContext context, string name)
    {
        byte[] bytes = [];
        bool found = context.TryLoadBinaryStream(name, reader =>
        {
            int length = reader.ReadInt32();
            if (length < 0 || length > reader.BaseStream.Length)
                throw Damaged(name);
            bytes = reader.ReadBytes(length);
        });
        return found ? bytes : throw Damaged(name);
    }

    public static InvalidDataException Damaged(string name) => new($"The saved model is damaged: its part '{name}' is missing or cannot be read.");
}

using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Hdge.MLNet.Interop;

/// <summary>A component's header and its named streams in model.zip.</summary>
internal static class ModelStreams
{
    private const int HashLength = SHA256.HashSizeInBytes, Largest = 1 << 24;

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

    /// <summary>Writes a small stream: the SHA-256 of the bytes, then the bytes.</summary>
    /// <exception cref="NotSupportedException">There are more bytes than <see cref="Read"/> takes.</exception>
    public static void Write(ModelSaveContext context, string name, byte[] bytes)
    {
        if (bytes.Length > Largest)
            throw new NotSupportedException($"The model's part '{name}' would have {bytes.Length} bytes, expected at most {Largest}: its label values are too long.");
        context.SaveBinaryStream(name, writer =>
        {
            writer.Write(SHA256.HashData(bytes));
            writer.Write(bytes);
        });
    }

    /// <exception cref="InvalidDataException">The stream is missing, too long or damaged.</exception>
    public static byte[] Read(ModelLoadContext context, string name) => Read(context, name, stream =>
    {
        long length = stream.Length - stream.Position;
        if (length < HashLength || length > HashLength + Largest)
            throw new InvalidDataException($"The saved model's part '{name}' has {length} bytes, expected {HashLength}..{HashLength + Largest}.");
        var content = new byte[length];
        stream.ReadExactly(content);
        if (!SHA256.HashData(content.AsSpan(HashLength)).AsSpan().SequenceEqual(content.AsSpan(0, HashLength)))
            throw new InvalidDataException($"The saved model's part '{name}' is damaged: its content does not fit its SHA-256.");
        return content[HashLength..];
    });

    /// <exception cref="InvalidDataException">The stream is missing, or what reads it says so.</exception>
    public static T Read<T>(ModelLoadContext context, string name, Func<Stream, T> read) where T : class =>
        ReadWhereThere(context, name, read) ?? throw new InvalidDataException($"The saved model has no part '{name}'.");

    /// <summary>Null where the stream is missing.</summary>
    /// <exception cref="InvalidDataException">What reads it says so.</exception>
    public static T? ReadWhereThere<T>(ModelLoadContext context, string name, Func<Stream, T> read) where T : class
    {
        T? result = null;
        context.TryLoadBinaryStream(name, reader => result = read(reader.BaseStream));
        return result;
    }

    /// <summary>
    /// Reads a component. ML.NET calls it by reflection, so what is thrown here reaches the caller inside a TargetInvocationException a chain, whose message says nothing:
    /// hence the reason goes to the log, and the exception has none inside it, so that GetBaseException answers it.
    /// </summary>
    public static T Load<T>(IHostEnvironment env, string component, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (InvalidDataException error)
        {
            string message = $"The saved {component} cannot be loaded. {error.Message}";
            using IChannel channel = env.Start("Loading");
            channel.Error(MessageSensitivity.None, message);
            throw new InvalidDataException(message);
        }
    }
}

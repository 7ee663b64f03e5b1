using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hdge.Persistence;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// The file of a run's state: SHA-256 of all that follows (32 bytes), length of the description (8 bytes, little-endian), the description as JSON, the
/// tensors as safetensors. It appears only when it is whole, and the one before it stays as <c>path.previous</c>.
/// </summary>
internal static class Checkpoint
{
    private const int HashLength = SHA256.HashSizeInBytes, HeadLength = HashLength + sizeof(long);

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Previous(string path) => path + ".previous";

    public static void Write(string path, CheckpointDescription description, IReadOnlyDictionary<string, Tensor> tensors)
    {
        string partial = path + ".partial";
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        try
        {
            using (var file = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite))
            {
                byte[] json = JsonSerializer.SerializeToUtf8Bytes(description, Json);
                var head = new byte[HeadLength];
                BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(HashLength), json.Length);
                file.Write(head);
                file.Write(json);
                Safetensors.Write(tensors, file);
                file.Position = HashLength;
                byte[] hash = SHA256.HashData(file);
                file.Position = 0;
                file.Write(hash);
                file.Flush(flushToDisk: true);
            }
            if (File.Exists(path))
                File.Move(path, Previous(path), overwrite: true);
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Reads a file; the tensors are the caller's.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another version.</exception>
    public static (CheckpointDescription Description, Dictionary<string, Tensor> Tensors) Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var head = new byte[HeadLength];
            if (file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) < HeadLength)
                throw new InvalidDataException("it is cut off");
            file.Position = HashLength;
            if (!SHA256.HashData(file).AsSpan().SequenceEqual(head.AsSpan(0, HashLength)))
                throw new InvalidDataException("its content does not fit its SHA-256");
            long length = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(HashLength));
            if (length < 0 || length > Math.Min(file.Length - HeadLength, Array.MaxLength))
                throw new InvalidDataException($"its description claims {length} bytes of {file.Length}");
            file.Position = HeadLength;
            var json = new byte[length];
            file.ReadExactly(json);
            var description = JsonSerializer.Deserialize<CheckpointDescription>(json, Json) ?? throw new InvalidDataException("its description is empty");
            description.Validate();
            return (description, Safetensors.ReadAll(file, file.Length - file.Position));
        }
        catch (Exception error) when (error is InvalidDataException or JsonException)
        {
            throw new InvalidDataException($"The checkpoint '{path}' is damaged: {error.Message}", error);
        }
    }

    /// <summary>Reads the file, or where it is damaged or missing the one before it; null where there is neither.</summary>
    /// <exception cref="InvalidDataException">Both are damaged, or the one there is.</exception>
    public static (CheckpointDescription Description, Dictionary<string, Tensor> Tensors, string Path)? ReadNewest(string path, Action<string> log)
    {
        string previous = Previous(path);
        if (!File.Exists(path) && !File.Exists(previous))
            return null;
        try
        {
            if (File.Exists(path) || !File.Exists(previous))
            {
                var (description, tensors) = Read(path);
                return (description, tensors, path);
            }
        }
        catch (InvalidDataException error) when (File.Exists(previous))
        {
            log($"{error.Message} The one before it is taken.");
        }
        var older = Read(previous);
        return (older.Description, older.Tensors, previous);
    }
}

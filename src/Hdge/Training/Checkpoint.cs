using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Hdge.Persistence;
using static TorchSharp.torch;

namespace Hdge.Training;

/// <summary>
/// The file of a run's state: SHA-256 of all that follows (32 bytes), length of the description (8 bytes, little-endian), the description as JSON, the
/// tensors as safetensors. The hash is written last, so that half a file is known for one. Which files there are is told at <see cref="CheckpointFiles"/>.
/// </summary>
internal static class Checkpoint
{
    private const int HashLength = SHA256.HashSizeInBytes, HeadLength = HashLength + sizeof(long);
    private const long LargestDescription = 1 << 26; // 100,000 epochs

    public static void Write(FileStream file, CheckpointDescription description, IReadOnlyDictionary<string, Tensor> tensors)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(description, StrictJson.Compact);
        var head = new byte[HeadLength];
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(HashLength), json.Length);
        file.Write(head);
        file.Write(json);
        Safetensors.Write(tensors, file);
        file.Position = HashLength;
        byte[] hash = SHA256.HashData(file);
        file.Position = 0;
        file.Write(hash);
    }

    /// <summary>Checks the whole file, and reads what it says of itself.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another version.</exception>
    public static CheckpointDescription Inspect(string path) => Read(path, (description, _) => description);

    /// <summary>Reads a file; the tensors are the caller's.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another version.</exception>
    public static (CheckpointDescription Description, Dictionary<string, Tensor> Tensors) Read(string path) =>
        Read(path, (description, file) => (description, Safetensors.ReadAll(file, file.Length - file.Position, "its tensors")));

    private static T Read<T>(string path, Func<CheckpointDescription, FileStream, T> rest)
    {
        try
        {
            using var file = File.OpenRead(path);
            var head = new byte[HeadLength];
            if (file.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) < HeadLength)
                throw new InvalidDataException($"it is cut off: it has {file.Length} bytes, expected at least {HeadLength}");
            file.Position = HashLength;
            if (!SHA256.HashData(file).AsSpan().SequenceEqual(head.AsSpan(0, HashLength)))
                throw new InvalidDataException("its content does not fit its SHA-256");
            long length = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(HashLength)), largest = Math.Min(LargestDescription, file.Length - HeadLength);
            if (length < 0 || length > largest)
                throw new InvalidDataException($"its description claims {length} bytes of {file.Length}, expected at most {largest}");
            file.Position = HeadLength;
            var json = new byte[length];
            file.ReadExactly(json);
            var description = StrictJson.Read<CheckpointDescription>(json, "its description", StrictJson.Compact);
            description.Validate();
            return rest(description, file);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"The checkpoint '{path}' is damaged: {error.Message}", error);
        }
    }
}

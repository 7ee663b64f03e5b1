using System.Buffers.Binary;
using System.Text;
using Microsoft.ML.Offline;

namespace Microsoft.ML;

/// <summary>The 256 bytes before a model blob. After the blob come the string table, the loader's assembly name and a tail mark.</summary>
internal struct ModelHeader
{
    public const int Size = 0x100;

    private const ulong _signature = 0x4C45444F4D004C4DUL;
    private const ulong _tail = 0x4D4C004D4F44454CUL;
    private const uint _version = 0x00010002;
    private const int _signatureBytes = 24;

    public long FpModel;
    public ulong ModelSignature;
    public uint ModelVerWritten;
    public uint ModelVerReadable;
    public string LoaderSignature;
    public string LoaderSignatureAlt;

    public void SetVersion(VersionInfo version)
    {
        ModelSignature = version.ModelSignature;
        ModelVerWritten = version.VerWrittenCur;
        ModelVerReadable = version.VerReadableCur;
        LoaderSignature = CheckLoader(version.LoaderSignature);
        LoaderSignatureAlt = CheckLoader(version.LoaderSignatureAlt);
    }

    public readonly void CheckVersion(VersionInfo version)
    {
        Guard.Format(ModelSignature == version.ModelSignature, "Unknown file type");
        Guard.Format(ModelVerReadable <= ModelVerWritten, "Corrupt file header");
        Guard.Format(ModelVerReadable <= version.VerWrittenCur,
            $"The component '{version.LoaderSignature}' was saved by a newer version: it needs a reader of {ModelVerReadable:x8}, this one is {version.VerWrittenCur:x8}.");
        Guard.Format(ModelVerWritten >= version.VerWeCanReadBack,
            $"The component '{version.LoaderSignature}' was saved by a version that is too old: {ModelVerWritten:x8}, at least {version.VerWeCanReadBack:x8} is needed.");
    }

    /// <summary>Leaves room for the header, which is known only when everything behind it is written.</summary>
    public static ModelHeader BeginWrite(BinaryWriter writer)
    {
        writer.Write(new byte[Size]);
        return new ModelHeader { FpModel = Size, LoaderSignature = "", LoaderSignatureAlt = "" };
    }

    public readonly void EndWrite(BinaryWriter writer, long start, IReadOnlyList<string> strings, string assemblyName)
    {
        var modelEnd = Position(writer, start);
        long tableAt = 0, charsAt = 0, charsSize = 0;
        if (strings.Count > 0)
        {
            tableAt = modelEnd;
            foreach (var s in strings)
                writer.Write(charsSize += s.Length * sizeof(char));
            charsAt = Position(writer, start);
            foreach (var s in strings)
                writer.Write(Encoding.Unicode.GetBytes(s));
        }
        var name = Encoding.Unicode.GetBytes(assemblyName ?? "");
        var nameAt = name.Length > 0 ? Position(writer, start) : 0;
        writer.Write(name);
        var tailAt = Position(writer, start);
        writer.Write(_tail);
        var end = Position(writer, start);

        var bytes = new byte[Size];
        var b = bytes.AsSpan();
        Put(b, 0x00, _signature);
        Put(b, 0x08, _version | (ulong)_version << 32);
        Put(b, 0x10, (ulong)FpModel);
        Put(b, 0x18, (ulong)(modelEnd - FpModel));
        Put(b, 0x20, (ulong)tableAt);
        Put(b, 0x28, (ulong)(strings.Count * sizeof(long)));
        Put(b, 0x30, (ulong)charsAt);
        Put(b, 0x38, (ulong)charsSize);
        Put(b, 0x40, ModelSignature);
        Put(b, 0x48, ModelVerWritten | (ulong)ModelVerReadable << 32);
        Encoding.Latin1.GetBytes(LoaderSignature, b[0x50..]);
        Encoding.Latin1.GetBytes(LoaderSignatureAlt, b[0x68..]);
        Put(b, 0x80, (ulong)tailAt);
        Put(b, 0x88, (ulong)end);
        Put(b, 0x90, (ulong)nameAt);
        Put(b, 0x98, (ulong)name.Length);
        writer.BaseStream.Position = start;
        writer.Write(bytes);
        writer.BaseStream.Position = start + end;
    }

    /// <summary>Reads the header and all that stands behind the blob, and leaves the reader at the blob.</summary>
    public static ModelHeader BeginRead(BinaryReader reader, out string[] strings, out string assemblyName, out long modelEnd)
    {
        var start = reader.BaseStream.Position;
        var bytes = reader.ReadBytes(Size);
        Guard.Format(bytes.Length == Size, "The model file ends inside a header.");
        var available = reader.BaseStream.Length - start;
        Guard.Format(Get(bytes, 0x00) == _signature, "Wrong file type");
        Guard.Format((uint)(Get(bytes, 0x08) >> 32) <= _version, "File is too new");

        modelEnd = Length(bytes, 0x10, available) + Length(bytes, 0x18, available);
        var tableSize = Length(bytes, 0x28, available);
        var nameSize = Length(bytes, 0x98, available);
        var tailAt = Length(bytes, 0x80, available - sizeof(ulong));
        Guard.Format(Length(bytes, 0x10, available) == Size && modelEnd <= tailAt, "Corrupt file header");

        reader.BaseStream.Position = start + tailAt;
        Guard.Format(reader.ReadUInt64() == _tail, "Corrupt model file tail");
        strings = ReadStrings(reader, bytes, start, tableSize, available);
        reader.BaseStream.Position = start + Length(bytes, 0x90, available - nameSize);
        assemblyName = nameSize == 0 ? null : Encoding.Unicode.GetString(reader.ReadBytes((int)nameSize));
        reader.BaseStream.Position = start + Size;
        modelEnd += start;
        return new ModelHeader
        {
            FpModel = Size,
            ModelSignature = Get(bytes, 0x40),
            ModelVerWritten = (uint)Get(bytes, 0x48),
            ModelVerReadable = (uint)(Get(bytes, 0x48) >> 32),
            LoaderSignature = Encoding.Latin1.GetString(bytes, 0x50, _signatureBytes).TrimEnd('\0'),
            LoaderSignatureAlt = Encoding.Latin1.GetString(bytes, 0x68, _signatureBytes).TrimEnd('\0'),
        };
    }

    private static string[] ReadStrings(BinaryReader reader, byte[] header, long start, long tableSize, long available)
    {
        if (tableSize == 0)
            return [];
        reader.BaseStream.Position = start + Length(header, 0x20, available - tableSize);
        var ends = new long[tableSize / sizeof(long)];
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = reader.ReadInt64();
            Guard.Format(ends[i] >= (i == 0 ? 0 : ends[i - 1]) && ends[i] <= available, "Corrupt string table");
        }
        reader.BaseStream.Position = start + Length(header, 0x30, available - ends[^1]);
        return ends.Select((end, i) => Encoding.Unicode.GetString(reader.ReadBytes((int)(end - (i == 0 ? 0 : ends[i - 1]))))).ToArray();
    }

    private static string CheckLoader(string signature)
    {
        Guard.State(signature is null || signature.Length <= _signatureBytes && signature.All(c => c <= 0xFF),
            $"A loader signature has at most {_signatureBytes} Latin-1 characters.");
        return signature ?? "";
    }

    private static long Position(BinaryWriter writer, long start)
    {
        writer.Flush();
        return writer.BaseStream.Position - start;
    }

    private static long Length(byte[] bytes, int at, long limit)
    {
        var value = at == 0x98 ? (uint)Get(bytes, at) : (long)Get(bytes, at);
        Guard.Format(value >= 0 && value <= limit, "Corrupt file header");
        return value;
    }

    private static void Put(Span<byte> bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], value);

    private static ulong Get(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}

namespace TorchSharp;

/// <summary>TorchSharp's own format of one tensor: type, rank and sizes as LEB128 numbers, then the bytes.</summary>
internal static class TensorSerialization
{
    internal static void Save(torch.Tensor tensor, BinaryWriter writer)
    {
        using torch.Tensor local = tensor.cpu();
        using torch.Tensor packed = local.contiguous();
        writer.Write7BitEncodedInt64((long)packed.dtype);
        writer.Write7BitEncodedInt64(packed.Dimensions);
        foreach (long size in packed.shape) writer.Write7BitEncodedInt64(size);
        packed.WriteBytesToStream(writer.BaseStream, 1 << 16);
    }

    internal static torch.Tensor Load(BinaryReader reader)
    {
        (torch.ScalarType type, long[] shape) = ReadHeader(reader);
        torch.Tensor tensor = torch.empty(shape, type);
        tensor.ReadBytesFromStream(reader.BaseStream, 1 << 16);
        return tensor;
    }

    /// <exception cref="ArgumentException">Another element type or shape was saved.</exception>
    internal static void LoadInto(torch.Tensor tensor, BinaryReader reader)
    {
        (torch.ScalarType type, long[] shape) = ReadHeader(reader);
        if (type != tensor.dtype) throw new ArgumentException($"Mismatched tensor data types while loading: expected {tensor.dtype}, but found {type}.");
        if (!shape.AsSpan().SequenceEqual(tensor.shape))
            throw new ArgumentException($"Mismatched tensor shape while loading: expected [{string.Join(", ", tensor.shape)}], but found [{string.Join(", ", shape)}].");
        using IDisposable quiet = torch.no_grad();
        using torch.Tensor read = torch.empty(shape, type);
        read.ReadBytesFromStream(reader.BaseStream, 1 << 16);
        tensor.copy_(read);
    }

    private static (torch.ScalarType Type, long[] Shape) ReadHeader(BinaryReader reader)
    {
        var type = (torch.ScalarType)reader.Read7BitEncodedInt64();
        var shape = new long[reader.Read7BitEncodedInt64()];
        for (int i = 0; i < shape.Length; i++) shape[i] = reader.Read7BitEncodedInt64();
        return (type, shape);
    }
}
